using Maskwright.Dataset.V1;
using Maskwright.Datasets;
using Maskwright.Imaging;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

[Collection(PipelineTests.Name)]
public sealed class DatasetTests(FinishedPipeline pipeline)
{
    private const int Patience = 120_000;

    private readonly DatasetService.DatasetServiceClient _datasets = pipeline.Application.Clients.Datasets;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_watch_begins_with_a_snapshot_and_ends_with_the_finished_dataset()
    {
        var events = pipeline.DatasetEvents;
        events[0].Event.Kind.ShouldBe(EventKind.Snapshot);
        events.Count(answer => answer.Event.Kind == EventKind.Snapshot).ShouldBe(1);
        events[^1].Event.Kind.ShouldBe(EventKind.State);
        events[^1].Dataset.State.ShouldBe(State.Succeeded);
        events.Select(answer => answer.Event.Sequence).ShouldBeInOrder(SortDirection.Ascending);
        events.Select(answer => answer.Event.Sequence).ShouldBeUnique();
        events.Select(answer => answer.Dataset.State).ShouldBeInOrder(SortDirection.Ascending);
        var stages = events.Select(answer => answer.Dataset.Progress?.Stage).OfType<string>().Distinct().ToList();
        stages[..4].ShouldBe(["draw", "read annotations", "scan", "rasterise"]);
        stages[^1].ShouldBe("commit");
    }

    [Fact(Timeout = Patience)]
    public async Task A_watch_taken_up_again_tells_only_what_came_after()
    {
        var events = pipeline.DatasetEvents;
        var from = events[events.Count / 2].Event.Sequence;
        using var call = _datasets.WatchDataset(new WatchDatasetRequest { Name = pipeline.Dataset.Name, AfterSequence = from }, cancellationToken: Cancellation);
        var later = await call.ToListAsync(Cancellation);
        later.ShouldBe(events.Where(answer => answer.Event.Sequence > from));
        later.ShouldNotBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task Statistics_count_every_image_and_pixel()
    {
        var splits = pipeline.Dataset.Statistics.Splits;
        var reader = await DatasetReader.OpenAsync(pipeline.Application.Storage, pipeline.Dataset.Name["datasets/".Length..], Cancellation);
        splits.Select(split => split.Split).ShouldBe(["train", "val", "test"]);
        splits.Sum(split => split.Images).ShouldBe(FinishedPipeline.Scenes);
        foreach (var split in splits)
        {
            split.Images.ShouldBePositive();
            split.Classes.Select(counts => counts.Name).ShouldBe(["background", "person", "bicycle", "car", "motorcycle", "airplane"]);
            split.Classes.Sum(counts => counts.Pixels).ShouldBe(split.ValidPixels);
            var samples = await reader.ReadSplitAsync(split.Split, Cancellation).ToListAsync(Cancellation);
            split.Images.ShouldBe(samples.Count);
            (split.ValidPixels + split.IgnoredPixels).ShouldBe(samples.Sum(sample => (long)sample.Info.Width * sample.Info.Height));
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_dataset_can_be_got_and_is_listed()
    {
        var got = await _datasets.GetDatasetAsync(new GetDatasetRequest { Name = pipeline.Dataset.Name }, cancellationToken: Cancellation);
        got.ShouldBe(pipeline.Dataset);
        var listed = await _datasets.ListDatasetsAsync(new ListDatasetsRequest { PageSize = 1000 }, cancellationToken: Cancellation);
        listed.Datasets.Single(dataset => dataset.Name == got.Name).Statistics.Splits.Select(split => split.Images)
            .ShouldBe(got.Statistics.Splits.Select(split => split.Images));
        listed.Datasets.SelectMany(dataset => dataset.Statistics?.Splits ?? []).SelectMany(split => split.Classes).ShouldAllBe(counts => counts.ImagesWith.Count == 0);
        listed.NextPageToken.ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_creation_sent_again_returns_the_dataset_of_the_first()
    {
        var again = await _datasets.CreateDatasetAsync(
            new CreateDatasetRequest
            {
                Dataset = new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = FinishedPipeline.Scenes, Seed = 7 } },
                RequestId = FinishedPipeline.DatasetRequestId,
            },
            cancellationToken: Cancellation);
        again.ShouldBe(pipeline.Dataset);
    }

    [Fact(Timeout = Patience)]
    public async Task An_identical_request_returns_the_dataset_that_is_there()
    {
        var scenes = new GeneratedScenes { Count = FinishedPipeline.Scenes, Seed = 7 };
        (await CreateAsync(new Dataset.V1.Dataset { GeneratedScenes = scenes })).ShouldBe(pipeline.Dataset);
        var other = await CreateAsync(new Dataset.V1.Dataset { GeneratedScenes = scenes, Options = new Dataset.V1.PreparationOptions { Seed = 99, MaxImages = 25 } });
        other.Name.ShouldNotBe(pipeline.Dataset.Name);
        (await _datasets.EndAsync(other.Name, Cancellation)).State.ShouldBe(State.Succeeded);

        async Task<Dataset.V1.Dataset> CreateAsync(Dataset.V1.Dataset dataset) =>
            await _datasets.CreateDatasetAsync(new CreateDatasetRequest { Dataset = dataset }, cancellationToken: Cancellation);
    }

    [Fact(Timeout = Patience)]
    public async Task Samples_have_links_to_image_mask_and_overlay()
    {
        var request = new ListSamplesRequest { Parent = pipeline.Dataset.Name, Split = "train", ClassIndices = { 1 }, PageSize = 3 };
        var page = await _datasets.ListSamplesAsync(request, cancellationToken: Cancellation);
        page.Samples.Count.ShouldBe(3);
        page.NextPageToken.ShouldNotBeEmpty();
        request.PageToken = page.NextPageToken;
        var next = await _datasets.ListSamplesAsync(request, cancellationToken: Cancellation);
        next.Samples.Select(sample => sample.Name).ShouldAllBe(name => page.Samples.All(before => string.CompareOrdinal(before.Name, name) < 0));

        using var http = new HttpClient();
        foreach (var sample in page.Samples)
        {
            sample.ClassIndices.ShouldContain(1);
            (await _datasets.GetSampleAsync(new GetSampleRequest { Name = sample.Name }, cancellationToken: Cancellation)).Split.ShouldBe("train");
            foreach (var url in (string[])[sample.ImageUrl, sample.MaskUrl, sample.OverlayUrl])
            {
                var header = ImageCodec.ReadHeader(await http.GetByteArrayAsync(new Uri(url), Cancellation), url);
                (header.Width, header.Height).ShouldBe((sample.Width, sample.Height));
            }
        }

        await _datasets.GetSampleAsync(new GetSampleRequest { Name = $"{pipeline.Dataset.Name}/samples/none" }, cancellationToken: Cancellation)
            .ShouldFailAsync(Grpc.Core.StatusCode.NotFound, "NOT_FOUND");
        await _datasets.ListSamplesAsync(new ListSamplesRequest { Parent = pipeline.Dataset.Name, ClassIndices = { 6 } }, cancellationToken: Cancellation)
            .ShouldFailAsync(Grpc.Core.StatusCode.InvalidArgument, "INVALID_FIELD");
        await _datasets.ListSamplesAsync(new ListSamplesRequest { Parent = pipeline.Dataset.Name, PageToken = "next" }, cancellationToken: Cancellation)
            .ShouldFailAsync(Grpc.Core.StatusCode.InvalidArgument, "INVALID_FIELD");
    }

    [Fact(Timeout = Patience)]
    public void Statistics_tell_what_occurs_together_sizes_and_weights()
    {
        var statistics = pipeline.Dataset.Statistics;
        statistics.ClassWeights.Select(weight => weight.Name).ShouldBe(statistics.Splits[0].Classes.Select(counts => counts.Name));
        statistics.ClassWeights.ShouldAllBe(weight => weight.InverseFrequency > 0 && weight.MedianFrequency > 0);
        foreach (var split in statistics.Splits)
        {
            foreach (var counts in split.Classes)
            {
                counts.ImagesWith[counts.Index].ShouldBe(counts.Images);
                counts.ImagesWith[0].ShouldBeLessThanOrEqualTo(counts.Images);
                split.Classes.Select(other => other.ImagesWith[counts.Index]).ShouldBe(counts.ImagesWith);
            }

            foreach (var bins in (IEnumerable<Dataset.V1.HistogramBin>[])[split.Widths, split.Heights, split.Aspects])
                bins.Sum(bin => bin.Images).ShouldBe(split.Images);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task The_report_links_to_statistics_and_pictures()
    {
        var report = await _datasets.GetDatasetReportAsync(new GetDatasetReportRequest { Name = pipeline.Dataset.Name }, cancellationToken: Cancellation);
        using var http = new HttpClient();
        (await http.GetStringAsync(new Uri(report.StatisticsUrl), Cancellation)).ShouldContain("\"coOccurrence\"");
        report.Pictures.Select(picture => picture.FileName).ShouldBe(["class-histogram.png", "co-occurrence.png", "contact-sheet.png"]);
        foreach (var picture in report.Pictures)
            ImageCodec.ReadHeader(await http.GetByteArrayAsync(new Uri(picture.Url), Cancellation), picture.FileName).Encoding.ShouldBe(ImageEncoding.Png);
    }

    [Fact(Timeout = Patience)]
    public async Task Equal_scenes_give_an_equal_digest_and_a_deleted_dataset_leaves_nothing()
    {
        var twin = await _datasets.CreateDatasetAsync(
            new CreateDatasetRequest
            {
                DatasetId = "twin",
                Dataset = new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = FinishedPipeline.Scenes, Seed = 7 } },
            },
            cancellationToken: Cancellation);
        var ended = await _datasets.EndAsync(twin.Name, Cancellation);
        ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);
        ended.Digest.ShouldBe(pipeline.Dataset.Digest);

        await _datasets.DeleteDatasetAsync(new DeleteDatasetRequest { Name = twin.Name }, cancellationToken: Cancellation);
        await _datasets.GetDatasetAsync(new GetDatasetRequest { Name = twin.Name }, cancellationToken: Cancellation)
            .ShouldFailAsync(Grpc.Core.StatusCode.NotFound, "RESOURCE_NOT_FOUND");
        (await pipeline.Application.Storage.KeysAsync("datasets/twin/", Cancellation)).ShouldBeEmpty();
    }
}
