using Grpc.Core;
using Grpc.Net.Client;
using Maskwright.Artifacts;
using Maskwright.Dataset.V1;
using Maskwright.Metrics.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>A store, a collector and the trainer as processes of their own, with a small dataset and a recipe of seconds.</summary>
internal sealed class LoneTraining : IAsyncDisposable
{
    private const string Dataset = "datasets/scenes";

    private readonly TemporaryFolder _folder = new();
    private readonly int _storagePort = LoneService.FreePort();
    private readonly int _metricsPort = LoneService.FreePort();
    private readonly List<GrpcChannel> _channels = [];
    private readonly List<ProgramProcess> _processes = [];

    private LoneTraining() => Storage = new ObjectStorage(StorageOptions.Parse(
        $"Endpoint=http://127.0.0.1:{_storagePort};AccessKey={LoneService.AccessKey};SecretKey={LoneService.SecretKey};Bucket=maskwright"));

    /// <summary>The store.</summary>
    public ObjectStorage Storage { get; }

    /// <summary>The trainer that was started last.</summary>
    public ProgramProcess Service { get; private set; } = null!;

    /// <summary>Its client.</summary>
    public TrainingService.TrainingServiceClient Trainer { get; private set; } = null!;

    /// <summary>The collector's client.</summary>
    public MetricsService.MetricsServiceClient Metrics { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Options of calls to a service that may still be starting.</summary>
    public static CallOptions Ready => new CallOptions(cancellationToken: Cancellation).WithWaitForReady();

    /// <summary>Starts all of it.</summary>
    /// <param name="objects">The store's folder; null for one of its own.</param>
    /// <param name="settings">What else is set in the trainer's environment.</param>
    public static async Task<LoneTraining> StartAsync(string? objects = null, params (string Name, string? Value)[] settings)
    {
        var training = new LoneTraining();
        training._processes.Add(await LoneService.StartStoreAsync(training._storagePort, objects ?? training._folder["objects"], Cancellation));
        training.Metrics = new MetricsService.MetricsServiceClient(training.Start("MetricsCollector", out _, grpcPort: training._metricsPort));
        var datasets = new DatasetService.DatasetServiceClient(training.Start("DatasetPrep", out _));
        await LoneService.OnceReadyAsync(options => datasets.CreateDatasetAsync(
            new CreateDatasetRequest { DatasetId = "scenes", Dataset = new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = 24, Seed = 3 } } },
            options), Cancellation);
        (await datasets.EndAsync(Dataset, Cancellation)).State.ShouldBe(State.Succeeded);
        training.StartTrainer(settings);
        return training;
    }

    /// <summary>Starts the trainer, for instance again.</summary>
    /// <param name="settings">What else is set in its environment.</param>
    public void StartTrainer(params (string Name, string? Value)[] settings)
    {
        Trainer = new TrainingService.TrainingServiceClient(Start("Trainer", out var service, settings: settings));
        Service = service;
    }

    /// <summary>Ids of the workers that live.</summary>
    public IEnumerable<int> Workers() => Processes.With($"Trainer__SpoolDirectory={_folder["spool"]}")
        .Where(entry => entry.Value.EndsWith("Trainer.dll worker", StringComparison.Ordinal))
        .Select(entry => entry.Key);

    /// <summary>Creates a run of the recipe.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="checkpointMinutes">Minutes between checkpoints; 0 for one at the end of each epoch only.</param>
    public Task<TrainingRun> CreateAsync(string id, double checkpointMinutes = 0.002) => LoneService.OnceReadyAsync(options => Trainer.CreateTrainingRunAsync(
        new CreateTrainingRunRequest
        {
            TrainingRunId = id,
            TrainingRun = new TrainingRun
            {
                Dataset = Dataset,
                Options = new TrainingOptions
                {
                    Preset = "quickstart",
                    Network = "lraspp_mobilenet_v3_large",
                    Epochs = 8,
                    ImageSize = 32,
                    BatchSize = 4,
                    EmaDecay = 0.9,
                    Rotation = 1,
                    CheckpointMinutes = checkpointMinutes,
                    MaxRestarts = 100,
                },
            },
        },
        options), Cancellation);

    /// <summary>The run as it stands.</summary>
    public Task<TrainingRun> GetAsync(string id) => LoneService.OnceReadyAsync(options => Trainer.GetTrainingRunAsync(new GetTrainingRunRequest { Name = $"trainingRuns/{id}" }, options), Cancellation);

    /// <summary>The run once it has succeeded.</summary>
    public async Task<TrainingRun> EndAsync(string id)
    {
        await GetAsync(id);
        var ended = await Trainer.EndAsync($"trainingRuns/{id}", Cancellation);
        ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);
        return ended;
    }

    /// <summary>What a run came to, without what a clock or the system measured.</summary>
    public static string Outcome(TrainingRun run)
    {
        foreach (var epoch in run.Epochs)
        {
            (epoch.EndTime, epoch.ImagesPerSecond, epoch.TrainSeconds, epoch.ValSeconds) = (null, 0, 0, 0);
            (epoch.PeakMemoryBytes, epoch.DataWait) = (0, 0);
        }

        return $"{run.ModelDigest} {run.BestEpoch}\n{run.Epochs}";
    }

    public async ValueTask DisposeAsync()
    {
        Storage.Dispose();
        _channels.ForEach(channel => channel.Dispose());
        for (var i = _processes.Count - 1; i >= 0; i--)
            await _processes[i].DisposeAsync();
        _folder.Dispose();
    }

    private GrpcChannel Start(string program, out ProgramProcess process, int? grpcPort = null, params (string Name, string? Value)[] settings)
    {
        int port = grpcPort ?? LoneService.FreePort();
        process = LoneService.Start(program, _folder.FullName, port, LoneService.FreePort(), _storagePort, metricsPort: _metricsPort, settings: settings);
        _processes.Add(process);
        var channel = Clients.Connect(new Uri($"http://127.0.0.1:{port}"));
        _channels.Add(channel);
        return channel;
    }
}
