using System.Text.Json.Nodes;
using Grpc.Core;
using Maskwright.Dataset.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

public sealed class BadSourceTests(RunningApplication running)
{
    private const int Patience = 120_000;

    private readonly DatasetService.DatasetServiceClient _datasets = running.Application.Clients.Datasets;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_folder_that_is_not_there_is_refused_at_once()
    {
        var failure = await CreateAsync("/nowhere/at/all").ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD");
        failure.Field().ShouldBe("dataset.coco_folder.path");
        failure.Status.Detail.ShouldContain("/nowhere/at/all");
    }

    [Fact(Timeout = Patience)]
    public async Task A_json_that_is_not_coco_fails_the_dataset()
    {
        using var source = new CocoSource();
        await File.WriteAllTextAsync(source.AnnotationPath, """{"images": "all of them"}""", Cancellation);
        await ShouldFailAsync(source, "BAD_ANNOTATIONS", source.AnnotationPath, "images");
    }

    [Fact(Timeout = Patience)]
    public async Task An_image_that_does_not_decode_fails_the_dataset()
    {
        using var source = await new CocoSource().WriteAsync(Cancellation);
        await File.WriteAllTextAsync(source.PathOf(4), "no image at all", Cancellation);
        await ShouldFailAsync(source, "BAD_IMAGES", Path.GetFileName(source.PathOf(4)));
    }

    [Fact(Timeout = Patience)]
    public async Task An_image_that_is_cut_off_fails_the_dataset()
    {
        using var source = await new CocoSource().WriteAsync(Cancellation);
        var whole = await File.ReadAllBytesAsync(source.PathOf(4), Cancellation);
        await File.WriteAllBytesAsync(source.PathOf(4), whole[..^20], Cancellation);
        await ShouldFailAsync(source, "BAD_IMAGES", Path.GetFileName(source.PathOf(4)));
    }

    [Fact(Timeout = Patience)]
    public async Task An_image_file_that_is_missing_fails_the_dataset()
    {
        using var source = await new CocoSource().WriteAsync(Cancellation);
        File.Delete(source.PathOf(4));
        await ShouldFailAsync(source, "BAD_IMAGES", Path.GetFileName(source.PathOf(4)));
    }

    [Fact(Timeout = Patience)]
    public async Task An_annotation_for_an_image_that_is_not_there_fails_the_dataset()
    {
        using var source = new CocoSource();
        source.AddBox(annotationId: 777, imageId: 4, left: 1, top: 1);
        await source.WriteAsync(Cancellation);
        var document = JsonNode.Parse(await File.ReadAllTextAsync(source.AnnotationPath, Cancellation))!;
        document["annotations"]!.AsArray().Single(annotation => (long)annotation!["id"]! == 777)!["image_id"] = 4711;
        await File.WriteAllTextAsync(source.AnnotationPath, document.ToJsonString(), Cancellation);
        await ShouldFailAsync(source, "BAD_ANNOTATIONS", "777", "image_id");
    }

    [Fact(Timeout = Patience)]
    public async Task A_polygon_outside_of_its_image_fails_the_dataset()
    {
        using var source = new CocoSource();
        source.AddBox(annotationId: 778, imageId: 4, left: 500, top: 500);
        await source.WriteAsync(Cancellation);
        await ShouldFailAsync(source, "BAD_ANNOTATIONS", "778", "outside");
    }

    [Fact(Timeout = Patience)]
    public async Task A_folder_without_a_fault_is_prepared()
    {
        using var source = await new CocoSource().WriteAsync(Cancellation);
        var dataset = await CreateAsync(source.FullName);
        var ended = await _datasets.EndAsync(dataset.Name, Cancellation);
        ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);
        ended.Statistics.Splits.Sum(split => split.Classes[3].Instances).ShouldBe(10);
    }

    private AsyncUnaryCall<Dataset.V1.Dataset> CreateAsync(string folder) => _datasets.CreateDatasetAsync(
        new CreateDatasetRequest { Dataset = new Dataset.V1.Dataset { CocoFolder = new CocoFolder { Path = folder } } }, cancellationToken: Cancellation);

    /// <summary>The work fails for that reason with a message that names those things, and nothing of it can be taken for a dataset.</summary>
    private async Task ShouldFailAsync(CocoSource source, string reason, params string[] named)
    {
        var created = await CreateAsync(source.FullName);
        var ended = await _datasets.EndAsync(created.Name, Cancellation);
        ended.State.ShouldBe(State.Failed);
        ended.Error.Reason().ShouldBe(reason);
        foreach (var thing in named)
            ended.Error.Message.ShouldContain(thing);
        ended.ManifestKey.ShouldBeEmpty();
        ended.Statistics.ShouldBeNull();
        (await running.Application.Storage.KeysAsync(created.Name + "/", Cancellation)).ShouldBe([$"{created.Name}/state.json"]);

        (await _datasets.GetDatasetAsync(new GetDatasetRequest { Name = created.Name }, cancellationToken: Cancellation)).ShouldBe(ended);
        await running.Application.Clients.Trainer.CreateTrainingRunAsync(
                new Training.V1.CreateTrainingRunRequest { TrainingRun = new Training.V1.TrainingRun { Dataset = created.Name } }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.FailedPrecondition, "DATASET_NOT_READY");
    }
}
