using System.Diagnostics;
using Maskwright.Artifacts;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.Trainer;

/// <summary>Has a worker train one run, and keeps the run's record as it goes.</summary>
internal sealed class TrainingWork(WorkerProcess worker, ObjectStorage storage, MetricsSpool spool, TimeProvider time)
{
    public async Task TrainAsync(WorkContext<TrainingRun> work, CancellationToken cancellationToken)
    {
        var manifests = new ManifestStore(storage);
        string manifestKey = RunKeys.Manifest(work.Id);
        // A service that died between the worker's commit and its own record finds the manifest.
        if (await manifests.TryReadAsync(manifestKey, RunJson.Default.RunManifest, RunManifest.CurrentVersion, cancellationToken) is null)
            await TrainFromStartAsync(work, cancellationToken);
        var manifest = await manifests.ReadAsync(manifestKey, RunJson.Default.RunManifest, RunManifest.CurrentVersion, cancellationToken);
        await work.UpdateAsync(
            EventKind.Message,
            $"best {manifest.Criterion} at epoch {manifest.BestEpoch}",
            run =>
            {
                run.BestEpoch = manifest.BestEpoch;
                run.ModelDigest = manifest.Model.Sha256;
                run.ManifestKey = manifestKey;
            },
            cancellationToken);
    }

    private async Task TrainFromStartAsync(WorkContext<TrainingRun> work, CancellationToken cancellationToken)
    {
        await work.UpdateAsync(
            EventKind.State,
            string.Empty,
            run =>
            {
                run.MetricsRun = RunMetrics.NameOf(run);
                run.Epochs.Clear();
                run.BestEpoch = 0;
            },
            cancellationToken);
        var run = work.Resource;
        var order = new WorkerOrder(
            work.Id,
            ResourceId.FromName("datasets", run.Dataset, "dataset"),
            Recipes.Resolve(run.Options),
            ServiceDefaultsExtensions.ProgramVersion,
            spool.Directory,
            Activity.Current?.Id);
        await worker.RunAsync(order, happened => TakeAsync(work, happened, cancellationToken), cancellationToken);
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
            case WorkerEpoch { Report: var report }:
                await work.UpdateAsync(
                    EventKind.Epoch,
                    string.Empty,
                    run =>
                    {
                        run.Epochs.Add(EpochMapping.ToWire(report, run.Classes, time.GetUtcNow()));
                        run.PeakMemoryBytes = report.PeakMemoryBytes;
                        if (report.IsBest)
                            run.BestEpoch = report.Number;
                    },
                    cancellationToken);
                break;
        }
    }
}
