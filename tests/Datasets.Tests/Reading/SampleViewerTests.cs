using Maskwright.Imaging;

namespace Maskwright.Datasets.Tests;

public sealed class SampleViewerTests(StorageFixture fixture) : PreparationTest(fixture)
{
    [Fact]
    public async Task Pages_give_every_sample_once_in_the_order_of_the_manifest()
    {
        await PrepareScenesAsync();
        var viewer = new SampleViewer(Storage);
        var seen = new List<ViewedSample>();
        var token = "";
        do
        {
            var (page, next) = await viewer.ListAsync(Id, null, [], 7, token, Cancellation);
            page.Count.ShouldBeLessThanOrEqualTo(7);
            seen.AddRange(page);
            token = next;
        }
        while (token.Length > 0);

        var stored = await ReadAllAsync();
        seen.Select(sample => sample.Key).ShouldBe(stored.Select(sample => sample.Key));
        foreach (var (view, sample) in seen.Zip(stored))
        {
            view.Info.ShouldBeEquivalentTo(sample.Info);
            (await Storage.GetAsync(view.ImageKey, Cancellation)).ShouldBe(sample.Jpeg);
            (await Storage.GetAsync(view.MaskKey, Cancellation)).ShouldBe(sample.MaskPng);
            ImageCodec.ReadHeader(await Storage.GetAsync(view.OverlayKey, Cancellation), view.Key).Width.ShouldBe(sample.Info.Width);
            (await viewer.GetAsync(Id, view.Key, Cancellation)).Split.ShouldBe(view.Split);
        }
    }

    [Fact]
    public async Task Splits_and_classes_choose_the_samples()
    {
        using var coco = CocoFolderBuilder.WithPeople(40);
        foreach (var id in (int[])[3, 17, 31])
            coco.AddBox(id, 5, 8, 3, 12, 9);
        await PrepareAsync(await coco.WriteAsync());
        var viewer = new SampleViewer(Storage);

        var (planes, _) = await viewer.ListAsync(Id, null, [5, 1], 10, "", Cancellation);
        planes.Select(sample => sample.Info.ImageId).Order().ShouldBe([3, 17, 31]);
        planes.ShouldAllBe(sample => sample.Classes.SequenceEqual(new[] { 0, 1, 5 }));
        var (val, _) = await viewer.ListAsync(Id, "val", [], 40, "", Cancellation);
        val.ShouldAllBe(sample => sample.Split == "val");
        val.Count.ShouldBe((await DatasetReader.OpenAsync(Storage, Id, Cancellation)).Manifest.Splits["val"].Samples);
        (await viewer.ListAsync(Id, null, [4], 10, "", Cancellation)).Samples.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        using var coco = CocoFolderBuilder.WithPeople(5);
        await PrepareAsync(await coco.WriteAsync());
        var viewer = new SampleViewer(Storage);
        (await FailAsync(() => viewer.GetAsync(Id, "000000000077", Cancellation))).Message.ShouldContain("no sample '000000000077'");
        (await FailAsync(() => viewer.GetAsync(Id, "../manifest.json", Cancellation))).Kind.ShouldBe(DatasetFailure.NotFound);
        (await FailAsync(() => viewer.ListAsync(Id, "holdout", [], 5, "", Cancellation))).Message.ShouldContain("no split 'holdout'");
        foreach (var token in (string[])["x", "9-0", "-1-0", "1", "0-0-0", "99999999999-0"])
            (await FailAsync(() => viewer.ListAsync(Id, null, [], 5, token, Cancellation))).Kind.ShouldBe(DatasetFailure.InvalidOptions, token);
        (await FailAsync(() => viewer.ListAsync("no-such", null, [], 5, "", Cancellation))).Kind.ShouldBe(DatasetFailure.NotFound);
    }

    private static Task<DatasetException> FailAsync(Func<Task> call) => Should.ThrowAsync<DatasetException>(call);

    private async Task PrepareScenesAsync()
    {
        using var scenes = new TemporaryFolder();
        await ScenesGenerator.GenerateAsync(scenes.Path, new SceneOptions { Count = 60, Size = 512 }, cancellationToken: Cancellation);
        var manifest = await PrepareAsync(scenes.Path, new PreparationOptions { ShardTargetBytes = 1 << 20 });
        manifest.Splits["train"].Shards.Count.ShouldBeGreaterThan(2);
    }
}
