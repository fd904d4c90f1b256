using Grpc.Core;
using Grpc.Net.Client;
using Maskwright.Artifacts;
using Maskwright.Dataset.V1;
using Maskwright.Imaging;
using Maskwright.Metrics.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>Training beside a collector that is not there, is killed and comes back.</summary>
public sealed class MetricsOutageTests : IDisposable
{
    private const int Patience = 240_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly TemporaryFolder _folder = new();
    private readonly int _storagePort = LoneService.FreePort();
    private readonly int _metricsPort = LoneService.FreePort();
    private readonly List<GrpcChannel> _channels = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _channels.ForEach(channel => channel.Dispose());
        _folder.Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task A_collector_that_is_away_or_killed_delays_nothing_and_gets_everything_also_what_a_killed_worker_left()
    {
        await using var store = await LoneService.StartStoreAsync(_storagePort, _folder["objects"], Cancellation);
        await using var prep = Start("DatasetPrep", out var prepChannel);
        var dataset = await PrepareAsync(new DatasetService.DatasetServiceClient(prepChannel));
        await using var service = Start("Trainer", out var trainerChannel);
        var trainer = new TrainingService.TrainingServiceClient(trainerChannel);

        var run = await LoneService.OnceReadyAsync(options => trainer.CreateTrainingRunAsync(
            new CreateTrainingRunRequest
            {
                TrainingRunId = "outage",
                TrainingRun = new TrainingRun
                {
                    Dataset = dataset.Name,
                    Options = new TrainingOptions { Preset = "quickstart", Epochs = 10_000, ImageSize = 64, BatchSize = 8, Seed = 7, Loss = { new LossTerm { Name = "dice" }, new LossTerm { Name = "cross_entropy" } } },
                },
            },
            options), Cancellation);
        await EpochAsync(trainer, run.Name, 2);

        var (collector, metrics) = StartCollector();
        await StepsAsync(metrics, atLeast: 1);
        collector.Signal(ProgramProcess.SigKill);
        await collector.ExitAsync(Cancellation);
        await collector.DisposeAsync();
        int epoch = (await trainer.GetTrainingRunAsync(new GetTrainingRunRequest { Name = run.Name }, cancellationToken: Cancellation)).Epochs.Count;
        await EpochAsync(trainer, run.Name, epoch + 2);
        ProgramProcess.Signal(Processes.With($"Trainer__SpoolDirectory={_folder["spool"]}").Single(process => process.Value.EndsWith("Trainer.dll worker", StringComparison.Ordinal)).Key, ProgramProcess.SigKill);
        await trainer.CancelTrainingRunAsync(new CancelTrainingRunRequest { Name = run.Name }, cancellationToken: Cancellation);
        var ended = await trainer.EndAsync(run.Name, Cancellation);

        (collector, metrics) = StartCollector();
        await using var last = collector;
        await EndAsync(metrics);
        var steps = await StepsAsync(metrics, atLeast: ended.Epochs.Count);
        steps.Select(point => point.Step).ShouldBe(Enumerable.Range(1, steps.Count).Select(step => (long)step));
        steps.Count.ShouldBeGreaterThanOrEqualTo((epoch + 2) * (int)steps.Count(point => point.Epoch == 1));
        foreach (var metric in new[] { "step/loss/dice", "step/loss/cross_entropy", "step/learning_rate", "step/gradient_norm", "step/seconds", "step/images_per_second", "step/data_wait_seconds" })
            (await SeriesAsync(metrics, metric)).Count.ShouldBe(steps.Count, metric);
        (await SeriesAsync(metrics, "val/miou")).Select(point => point.Value).ShouldBe(ended.Epochs.Select(told => told.Val.MeanIou));
        await ConfusionShouldBeAsync(metrics, ended);
        await ImagesShouldBeThereAsync(metrics, ended);
        var lines = (await metrics.ListEventsAsync(new ListEventsRequest { Run = "runs/outage", PageSize = 1000 }, cancellationToken: Cancellation)).Events.Select(line => line.Text).ToList();
        lines.Count(line => line.StartsWith("epoch 1 is the best so far", StringComparison.Ordinal)).ShouldBe(1);
        lines[^1].ShouldBe(ended.State == State.Cancelled ? "cancelled" : $"failed: {ended.Error?.Message}");
        Directory.EnumerateDirectories(_folder["spool"]).ShouldBeEmpty();
    }

    private static async Task ConfusionShouldBeAsync(MetricsService.MetricsServiceClient metrics, TrainingRun run)
    {
        var told = run.Epochs[1].Val;
        var matrix = new long[run.Classes.Count, run.Classes.Count];
        for (var truth = 0; truth < run.Classes.Count; truth++)
        {
            for (var prediction = 0; prediction < run.Classes.Count; prediction++)
                matrix[truth, prediction] = (long)(await SeriesAsync(metrics, $"confusion/{run.Classes[truth]}/{run.Classes[prediction]}")).Single(point => point.Step == 2).Value;
        }

        var all = Enumerable.Range(0, run.Classes.Count).ToList();
        foreach (var c in told.Classes.Where(c => c.HasIou))
        {
            all.Sum(other => matrix[c.Index, other]).ShouldBe(c.Support);
            var union = all.Sum(other => matrix[c.Index, other] + matrix[other, c.Index]) - matrix[c.Index, c.Index];
            c.Iou.ShouldBe((double)matrix[c.Index, c.Index] / union, 1e-12);
        }
    }

    private async Task ImagesShouldBeThereAsync(MetricsService.MetricsServiceClient metrics, TrainingRun run)
    {
        using var storage = new ObjectStorage(StorageOptions.Parse(
            $"Endpoint=http://127.0.0.1:{_storagePort};AccessKey={LoneService.AccessKey};SecretKey={LoneService.SecretKey};Bucket=maskwright"));
        var images = (await metrics.ListImagesAsync(new ListImagesRequest { Run = "runs/outage", Step = 1 }, cancellationToken: Cancellation)).Images;
        images.Select(image => image.SampleKey).Distinct(StringComparer.Ordinal).Count().ShouldBe(images.Count);
        images.Count.ShouldBeInRange(1, 8);
        foreach (var image in images)
        {
            var truth = PalettePng.Decode(await storage.GetAsync(image.TruthKey, Cancellation), image.TruthKey);
            var prediction = PalettePng.Decode(await storage.GetAsync(image.PredictionKey, Cancellation), image.PredictionKey);
            var picture = ImageCodec.Decode(await storage.GetAsync(image.ImageKey, Cancellation), image.ImageKey);
            new[] { truth.Width, prediction.Height, picture.Width, picture.Height }.ShouldAllBe(side => side == 64);
            prediction.Pixels.ShouldAllBe(index => index < run.Classes.Count);
        }
    }

    private ProgramProcess Start(string program, out GrpcChannel channel)
    {
        var (grpc, http) = (LoneService.FreePort(), LoneService.FreePort());
        _channels.Add(channel = Clients.Connect(new Uri($"http://127.0.0.1:{grpc}")));
        return LoneService.Start(program, _folder.FullName, grpc, http, _storagePort, metricsPort: _metricsPort);
    }

    private (ProgramProcess Process, MetricsService.MetricsServiceClient Client) StartCollector()
    {
        var channel = Clients.Connect(new Uri($"http://127.0.0.1:{_metricsPort}"));
        _channels.Add(channel);
        return (LoneService.Start("MetricsCollector", _folder.FullName, _metricsPort, LoneService.FreePort(), _storagePort), new MetricsService.MetricsServiceClient(channel));
    }

    private static async Task<Dataset.V1.Dataset> PrepareAsync(DatasetService.DatasetServiceClient datasets)
    {
        var created = await LoneService.OnceReadyAsync(options => datasets.CreateDatasetAsync(
            new CreateDatasetRequest { Dataset = new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = 40, Seed = 7 } } }, options), Cancellation);
        return await datasets.EndAsync(created.Name, Cancellation);
    }

    private static async Task EpochAsync(TrainingService.TrainingServiceClient trainer, string name, int number)
    {
        using var call = trainer.WatchTrainingRun(new WatchTrainingRunRequest { Name = name }, cancellationToken: Cancellation);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            answer.TrainingRun.Error.ShouldBeNull();
            if (answer.TrainingRun.Epochs.Count >= number)
                return;
        }
    }

    private static async Task<IReadOnlyList<Point>> StepsAsync(MetricsService.MetricsServiceClient metrics, int atLeast)
    {
        while (true)
        {
            if (await SeriesAsync(metrics, "step/loss") is { } points && points.Count >= atLeast)
                return points;
            await Task.Delay(Look, Cancellation);
        }
    }

    private static async Task EndAsync(MetricsService.MetricsServiceClient metrics)
    {
        while ((await metrics.GetRunAsync(new GetRunRequest { Name = "runs/outage" }, Waiting)).State == RunState.Running)
            await Task.Delay(Look, Cancellation);
    }

    private static CallOptions Waiting => new CallOptions(cancellationToken: Cancellation).WithWaitForReady();

    private static async Task<IReadOnlyList<Point>> SeriesAsync(MetricsService.MetricsServiceClient metrics, string metric)
    {
        try
        {
            return (await metrics.QueryMetricsAsync(new QueryMetricsRequest { Run = "runs/outage", Metrics = { metric } }, Waiting)).Series.SingleOrDefault()?.Points ?? [];
        }
        catch (RpcException failure) when (failure.StatusCode == StatusCode.NotFound)
        {
            // The collector has not been told of the run yet.
            return [];
        }
    }
}
