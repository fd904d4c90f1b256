using Maskwright.Artifacts;

namespace Maskwright.Datasets.Tests;

public sealed class InterruptedPreparationTests(StorageFixture fixture) : PreparationTest(fixture)
{
    [Fact]
    public async Task A_failure_after_the_first_uploads_removes_them()
    {
        using var coco = CocoFolderBuilder.WithPeople(20);
        var directory = await coco.WriteAsync();
        await PrepareAsync(directory, id: Id + "-whole");
        var last = (await ReadAllAsync(Id + "-whole"))[^1];

        var error = await FailAsync<DatasetException>(() => PrepareAsync(directory, progress: report =>
        {
            if (report is { Stage: PreparationStage.Scan, Done: 20 })
                File.WriteAllBytes(coco["images", last.Info.FileName], CocoFolderBuilder.Jpeg(99));
        }));
        error.Kind.ShouldBe(DatasetFailure.BadImages);
        error.Message.ShouldContain(last.Info.FileName);
        error.Message.ShouldContain("was changed while the dataset was being prepared");
    }

    [Theory]
    [InlineData(PreparationStage.Scan)]
    [InlineData(PreparationStage.Rasterise)]
    [InlineData(PreparationStage.Commit)]
    public async Task A_cancelled_preparation_leaves_nothing(PreparationStage stage)
    {
        using var coco = CocoFolderBuilder.WithPeople(20);
        var directory = await coco.WriteAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await FailAsync<OperationCanceledException>(() => PrepareAsync(
            directory,
            progress: report =>
            {
                if (report.Stage == stage && report.Done == (stage == PreparationStage.Commit ? 0 : 3))
                    cancel.Cancel();
            },
            cancellation: cancel.Token));
    }

    [Fact]
    public async Task A_dataset_that_exists_is_neither_replaced_nor_touched()
    {
        using var coco = CocoFolderBuilder.WithPeople(5);
        var directory = await coco.WriteAsync();
        await PrepareAsync(directory);
        var before = await KeysAsync();
        (await Should.ThrowAsync<DatasetException>(() => PrepareAsync(directory))).Kind.ShouldBe(DatasetFailure.AlreadyExists);
        (await KeysAsync()).ShouldBe(before);
        (await ReadAllAsync()).Count.ShouldBe(5);
    }

    [Fact]
    public async Task Who_commits_second_leaves_the_first_ones_dataset_whole()
    {
        using var coco = CocoFolderBuilder.WithPeople(5);
        var directory = await coco.WriteAsync();
        Task<DatasetManifest>? first = null;
        await Should.ThrowAsync<StorageException>(() => PrepareAsync(directory, progress: report =>
        {
            if (report is { Stage: PreparationStage.Scan, Done: 5 })
                first = Task.Run(() => PrepareAsync(directory), Cancellation);
            if (report is { Stage: PreparationStage.Commit, Done: 0 })
                first!.Wait(Cancellation);
        }));
        (await ReadAllAsync()).Count.ShouldBe((await first!).Splits.Values.Sum(split => split.Samples));
    }
}
