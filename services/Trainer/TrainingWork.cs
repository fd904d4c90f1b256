using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Maskwright.Artifacts;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.Trainer;

/// <summary>Has a worker train one run, and keeps the run's record as it goes.</summary>
internal sealed partial class TrainingWork(
    WorkerProcess worker, DeviceSlots devices, ObjectStorage storage, MetricsSpool spool, IConfiguration configuration, TimeProvider time, ILogger<TrainingWork> logger)
{
    private readonly ManifestStore _manifests = new(storage);
    private readonly TimeSpan _storagePatience = configuration.GetValue("Trainer:StoragePatience", TimeSpan.FromMinutes(10));
    private readonly SampleCacheLimits _cache = new()
    {
        MemoryBytes = configuration.GetValue("Trainer:CacheMemoryBytes", new SampleCacheLimits().MemoryBytes),
        FileBytes = configuration.GetValue("Trainer:CacheFileBytes", new SampleCacheLimits().FileBytes),
    };

    public async Task TrainAsync(WorkContext<TrainingRun> work, CancellationToken cancellationToken)
    {
        string manifestKey = RunKeys.Manifest(work.Id);
        // A service that died between the worker's commit and its own record finds the manifest.
        if (await _manifests.TryReadAsync(manifestKey, RunJson.Default.RunManifest, RunManifest.CurrentVersion, cancellationToken) is null)
            await TrainUnfinishedAsync(work, cancellationToken);
        var manifest = await _manifests.ReadAsync(manifestKey, RunJson.Default.RunManifest, RunManifest.CurrentVersion, cancellationToken);
        await work.UpdateAsync(
            EventKind.Message,
            $"best {manifest.Criterion} at epoch {manifest.BestEpoch}",
            run =>
            {
                run.BestEpoch = manifest.BestEpoch;
                run.ModelDigest = manifest.Model.Sha256;
                run.ManifestKey = manifestKey;
                run.LastCheckpoint = null;
            },
            cancellationToken);
    }

    private async Task TrainUnfinishedAsync(WorkContext<TrainingRun> work, CancellationToken cancellationToken)
    {
        await work.UpdateAsync(EventKind.State, string.Empty, run => run.MetricsRun = RunMetrics.NameOf(run), cancellationToken);
        var options = Recipes.Resolve(work.Resource.Options);
        using var device = await devices.TakeAsync(options.Device, name => work.Say($"waits until {name} is free"), cancellationToken);
        while (true)
        {
            var order = new WorkerOrder(
                work.Id,
                ResourceId.FromName("datasets", work.Resource.Dataset, "dataset"),
                options,
                ServiceDefaultsExtensions.ProgramVersion,
                spool.Directory,
                Activity.Current?.Id)
            {
                StoragePatience = _storagePatience,
                CacheMemoryBytes = _cache.MemoryBytes,
                CacheFileBytes = _cache.FileBytes,
            };
            try
            {
                await worker.RunAsync(order, happened => TakeAsync(work, happened, cancellationToken), cancellationToken);
                return;
            }
            catch (WorkerDiedException died)
            {
                LogDied(work.Resource.Name, died.Message);
                if (await _manifests.TryReadAsync(RunKeys.Manifest(work.Id), RunJson.Default.RunManifest, RunManifest.CurrentVersion, cancellationToken) is not null)
                    return;
                await RestartAsync(work, died, options.MaxRestarts);
            }
        }
    }

    // Counted anew once somebody resumes the run, but not when the service is restarted.
    private async Task RestartAsync(WorkContext<TrainingRun> work, WorkerDiedException died, int most)
    {
        var run = work.Resource;
        int made = run.Restarts.Count(restart => run.ResumeTime is null || restart.Time > run.ResumeTime);
        if (made >= most)
        {
            string tried = made > 0 ? $" It was taken up again {made} times, as often as max_restarts allows." : string.Empty;
            throw RpcErrors.Failed(Code.Aborted, "WORKER_DIED", $"{died.Message}{tried} Its last lines: {string.Join(" | ", died.LastLines)}");
        }

        var restart = new WorkerRestart
        {
            Time = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
            ExitCode = died.ExitCode,
            Reason = died.Message,
            LastLines = { died.LastLines },
            Step = run.LastCheckpoint?.Step ?? 0,
        };
        string from = restart.Step > 0 ? $"step {restart.Step}" : "the beginning";
        await RecordAsync(work, EventKind.Message, $"{died.Message} It is taken up again from {from} ({made + 1} of {most}).", changed => changed.Restarts.Add(restart));
    }

    private async Task TakeAsync(WorkContext<TrainingRun> work, WorkerEvent happened, CancellationToken cancellationToken)
    {
        switch (happened)
        {
            case WorkerProgress progress:
                work.Report(progress.Stage, progress.Done, progress.Total, progress.Unit);
                break;
            case WorkerMessage message:
                work.Say(message.Text);
                break;
            case WorkerResumed resumed:
                await RecordAsync(work, EventKind.State, string.Empty, run =>
                {
                    run.LastCheckpoint = resumed.Checkpoint is { } checkpoint ? ToWire(work.Id, checkpoint) : null;
                    SetEpochs(run, resumed.Epochs);
                });
                break;
            case WorkerCheckpoint checkpoint:
                await RecordAsync(work, EventKind.Progress, string.Empty, run => run.LastCheckpoint = ToWire(work.Id, checkpoint));
                break;
            case WorkerFailed failed when cancellationToken.IsCancellationRequested:
                work.Say(failed.Message);
                break;
            case WorkerEpoch { Report: var report }:
                await RecordAsync(work, EventKind.Epoch, string.Empty, run => AddEpoch(run, report));
                break;
        }
    }

    private static Checkpoint ToWire(string run, WorkerCheckpoint checkpoint) => new()
    {
        Step = checkpoint.Step,
        Epoch = checkpoint.Epoch,
        EpochStep = checkpoint.EpochStep,
        Time = Timestamp.FromDateTimeOffset(checkpoint.Time),
        ManifestKey = RunKeys.Checkpoint(run, checkpoint.Step),
    };

    // What the record knows beyond the checkpoint is trained again, to the same figures.
    private void SetEpochs(TrainingRun run, IReadOnlyList<EpochReport> epochs)
    {
        while (run.Epochs.Count > epochs.Count)
            run.Epochs.RemoveAt(run.Epochs.Count - 1);
        foreach (var report in epochs.Skip(run.Epochs.Count))
            AddEpoch(run, report);
        run.BestEpoch = epochs.LastOrDefault(epoch => epoch.IsBest)?.Number ?? 0;
    }

    private void AddEpoch(TrainingRun run, EpochReport report)
    {
        run.Epochs.Add(EpochMapping.ToWire(report, run.Classes, time.GetUtcNow()));
        run.PeakMemoryBytes = Math.Max(run.PeakMemoryBytes, report.PeakMemoryBytes);
        if (report.IsBest)
            run.BestEpoch = report.Number;
    }

    // The record is told while the work is being cancelled too. Storage that fails does not end training here: the record in
    // memory is right, is written again with the next change, and checkpoints wait for storage by themselves.
    private async Task RecordAsync(WorkContext<TrainingRun> work, EventKind kind, string message, Action<TrainingRun> change)
    {
        try
        {
            await work.UpdateAsync(kind, message, change, CancellationToken.None);
        }
        catch (StorageException exception)
        {
            LogNotRecorded(work.Resource.Name, exception.Message);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Name}: {Reason}")]
    private partial void LogDied(string name, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The record of {Name} could not be written yet: {Reason}")]
    private partial void LogNotRecorded(string name, string reason);
}
