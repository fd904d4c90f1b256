using Grpc.Core;
using Maskwright.Artifacts;
using Maskwright.Dataset.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>Runs that are killed, cancelled and taken up again, held against one that nobody disturbed. Store, service and workers are real processes.</summary>
public sealed class InterruptedTrainingTests : IAsyncLifetime
{
    private const int Patience = 300_000;
    private const int Kills = 10;
    private const string Dataset = "datasets/scenes";

    private readonly TemporaryFolder _folder = new();
    private readonly int _storagePort = LoneService.FreePort();
    private readonly int _grpcPort = LoneService.FreePort();
    private readonly int _httpPort = LoneService.FreePort();
    private readonly Random _random = new(5);
    private ProgramProcess _store = null!;
    private ObjectStorage _storage = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await LoneService.StartStoreAsync(_storagePort, _folder["objects"], Cancellation);
        _storage = new ObjectStorage(new StorageOptions
        {
            Endpoint = new Uri($"http://127.0.0.1:{_storagePort}"), AccessKey = LoneService.AccessKey, SecretKey = LoneService.SecretKey, Bucket = "maskwright",
        });
        await using var preparation = LoneService.Start("DatasetPrep", _folder.FullName, _grpcPort, _httpPort, _storagePort);
        using var channel = Clients.Connect(new Uri($"http://127.0.0.1:{_grpcPort}"));
        var datasets = new DatasetService.DatasetServiceClient(channel);
        await OnceReadyAsync(() => datasets.CreateDatasetAsync(
            new CreateDatasetRequest { DatasetId = "scenes", Dataset = new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = 24, Seed = 3 } } },
            Ready).ResponseAsync);
        (await datasets.EndAsync(Dataset, Cancellation)).State.ShouldBe(State.Succeeded);
    }

    public async ValueTask DisposeAsync()
    {
        _storage.Dispose();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task A_run_ends_the_same_to_the_bit_however_often_it_is_killed_or_cancelled()
    {
        string undisturbed;
        await using (var service = Start())
        {
            using var channel = Connect(out var trainer);
            undisturbed = Outcome(await EndAsync(trainer, await CreateAsync(trainer, "undisturbed")));
            await ShouldEndTheSameWithKilledWorkersAsync(trainer, undisturbed);
            await ShouldEndTheSameWhenCancelledAndResumedAsync(trainer, undisturbed);
            await CreateAsync(trainer, "service-killed");
            await TrainedAsync(trainer, "service-killed", steps: _random.Next(1, 5));
            service.Signal(ProgramProcess.SigKill);
            await service.ExitAsync(Cancellation);
        }

        await using (Start())
        {
            using var channel = Connect(out var trainer);
            var run = await OnceReadyAsync(() => trainer.GetTrainingRunAsync(new GetTrainingRunRequest { Name = "trainingRuns/service-killed" }, Ready).ResponseAsync);
            Outcome(await EndAsync(trainer, run)).ShouldBe(undisturbed);
        }
    }

    private async Task ShouldEndTheSameWithKilledWorkersAsync(TrainingService.TrainingServiceClient trainer, string undisturbed)
    {
        for (var (kills, number) = (0, 1); kills < Kills; number++)
        {
            var run = await CreateAsync(trainer, $"killed-{number}");
            var killed = await KillWorkersAsync(trainer, run.Name, Kills - kills);
            var ended = await EndAsync(trainer, run);
            Outcome(ended).ShouldBe(undisturbed, $"after {killed} kills");
            ended.Restarts.Count.ShouldBe(killed);
            ended.Restarts.ShouldAllBe(restart => restart.ExitCode == 137 && restart.Reason.Contains("SIGKILL", StringComparison.Ordinal));
            kills += killed;
            var keys = await _storage.KeysAsync($"runs/killed-{number}/checkpoints/", Cancellation);
            keys.Count.ShouldBeInRange(1, 2);
            keys.ShouldAllBe(key => key.EndsWith("/weights.safetensors", StringComparison.Ordinal));
        }
    }

    private async Task ShouldEndTheSameWhenCancelledAndResumedAsync(TrainingService.TrainingServiceClient trainer, string undisturbed)
    {
        var run = await CreateAsync(trainer, "cancelled");
        for (var times = 0; times < 2; times++)
        {
            await TrainedAsync(trainer, "cancelled", steps: _random.Next(1, 5));
            var before = (await trainer.GetTrainingRunAsync(new GetTrainingRunRequest { Name = run.Name }, Ready)).LastCheckpoint?.Step ?? 0;
            await trainer.CancelTrainingRunAsync(new CancelTrainingRunRequest { Name = run.Name }, Ready);
            var cancelled = await trainer.EndAsync(run.Name, Cancellation);
            cancelled.State.ShouldBe(State.Cancelled);
            cancelled.LastCheckpoint.ShouldNotBeNull().Step.ShouldBeGreaterThan(before);
            var steps = (await _storage.KeysAsync("runs/cancelled/checkpoints/", Cancellation)).Where(key => key.EndsWith("checkpoint.json", StringComparison.Ordinal)).ToList();
            steps.Count.ShouldBeInRange(1, 2);
            steps[^1].ShouldBe(cancelled.LastCheckpoint.ManifestKey);

            var resumed = await trainer.ResumeTrainingRunAsync(new ResumeTrainingRunRequest { Name = run.Name }, Ready);
            resumed.State.ShouldBe(State.Queued);
            resumed.ResumeTime.ShouldNotBeNull();
            await trainer.ResumeTrainingRunAsync(new ResumeTrainingRunRequest { Name = run.Name }, Ready).ShouldFailAsync(StatusCode.FailedPrecondition, "STILL_RUNNING");
        }

        Outcome(await EndAsync(trainer, run)).ShouldBe(undisturbed);
        await trainer.ResumeTrainingRunAsync(new ResumeTrainingRunRequest { Name = run.Name }, Ready).ShouldFailAsync(StatusCode.FailedPrecondition, "ALREADY_SUCCEEDED");
        await trainer.ResumeTrainingRunAsync(new ResumeTrainingRunRequest { Name = "trainingRuns/none" }, Ready).ShouldFailAsync(StatusCode.NotFound, "RESOURCE_NOT_FOUND");
    }

    /// <summary>Kills the run's workers, each after some steps drawn at random, until so many are dead or the run has ended.</summary>
    private async Task<int> KillWorkersAsync(TrainingService.TrainingServiceClient trainer, string name, int most)
    {
        var (killed, left, last) = (0, _random.Next(1, 6), (Progress?)null);
        using var call = trainer.WatchTrainingRun(new WatchTrainingRunRequest { Name = name }, Ready);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            var run = answer.TrainingRun;
            if (killed == most || run.Restarts.Count < killed || !IsTraining(run) || run.Progress.Equals(last))
                continue;
            last = run.Progress;
            if (--left > 0 || Workers().ToList() is not [var worker])
                continue;
            ProgramProcess.Kill(worker);
            (killed, left) = (killed + 1, _random.Next(1, 6));
        }

        return killed;
    }

    private static async Task TrainedAsync(TrainingService.TrainingServiceClient trainer, string id, int steps)
    {
        Progress? last = null;
        using var call = trainer.WatchTrainingRun(new WatchTrainingRunRequest { Name = $"trainingRuns/{id}" }, Ready);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            if (!IsTraining(answer.TrainingRun) || answer.TrainingRun.Progress.Equals(last))
                continue;
            last = answer.TrainingRun.Progress;
            if (--steps == 0)
                return;
        }

        throw new InvalidOperationException($"{id} ended before so many steps were reported.");
    }

    private static bool IsTraining(TrainingRun run) => run.State == State.Running && run.Progress?.Stage.StartsWith("train", StringComparison.Ordinal) == true;

    private IEnumerable<int> Workers() => Processes.With($"Metrics__Database={_folder["metrics.db"]}")
        .Where(entry => entry.Value.EndsWith("Trainer.dll worker", StringComparison.Ordinal))
        .Select(entry => entry.Key);

    private static CallOptions Ready => new CallOptions(cancellationToken: Cancellation).WithWaitForReady();

    private ProgramProcess Start() => LoneService.Start("Trainer", _folder.FullName, _grpcPort, _httpPort, _storagePort);

    private Grpc.Net.Client.GrpcChannel Connect(out TrainingService.TrainingServiceClient trainer)
    {
        var channel = Clients.Connect(new Uri($"http://127.0.0.1:{_grpcPort}"));
        trainer = new TrainingService.TrainingServiceClient(channel);
        return channel;
    }

    private static Task<TrainingRun> CreateAsync(TrainingService.TrainingServiceClient trainer, string id) => OnceReadyAsync(() => trainer.CreateTrainingRunAsync(
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
                    CheckpointMinutes = 0.002,
                    MaxRestarts = Kills,
                },
            },
        },
        Ready).ResponseAsync);

    private static async Task<TrainingRun> EndAsync(TrainingService.TrainingServiceClient trainer, TrainingRun run)
    {
        var ended = await trainer.EndAsync(run.Name, Cancellation);
        ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);
        return ended;
    }

    /// <summary>What a run came to, without what a clock or the system measured.</summary>
    private static string Outcome(TrainingRun run)
    {
        foreach (var epoch in run.Epochs)
        {
            (epoch.EndTime, epoch.ImagesPerSecond, epoch.TrainSeconds, epoch.ValSeconds) = (null, 0, 0, 0);
            (epoch.PeakMemoryBytes, epoch.DataWait) = (0, 0);
        }

        return $"{run.ModelDigest} {run.BestEpoch}\n{run.Epochs}";
    }

    // A service that has not read its records yet is asked again.
    private static async Task<T> OnceReadyAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (RpcException failure) when (failure.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), Cancellation);
            }
        }
    }
}
