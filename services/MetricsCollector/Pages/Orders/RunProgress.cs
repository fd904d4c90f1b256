using Maskwright.MetricsCollector.Pages.Runs;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.MetricsCollector.Pages.Orders;

/// <summary>How far a run is that has not ended.</summary>
/// <param name="Share">Done, from 0 to 1; null where it is not known.</param>
/// <param name="Left">Time left; null where it cannot be told yet.</param>
/// <param name="Stage">What is being done, in a few words.</param>
public sealed record RunProgress(double? Share, TimeSpan? Left, string Stage)
{
    /// <summary>Epochs that say how long the next ones take; earlier ones had other neighbours.</summary>
    private const int RecentEpochs = 5;

    /// <summary>From what the trainer says.</summary>
    public static RunProgress Of(TrainingRun training)
    {
        if (training.State == State.Queued)
            return new RunProgress(0, null, "queued");
        var epochs = training.Options?.Epochs ?? 0;
        var done = training.Epochs.Count;
        var stage = training.Progress?.Stage ?? "";
        // Only the steps of an epoch are a part of the whole: reading images and writing the model take little.
        var within = training.Progress is { Total: > 0 } progress && stage.StartsWith("train", StringComparison.Ordinal)
            ? Math.Clamp((double)progress.Done / progress.Total, 0, 1)
            : 0;
        var perEpoch = done > 0
            ? training.Epochs.TakeLast(RecentEpochs).Average(epoch => epoch.TrainSeconds + epoch.ValSeconds)
            : training.Progress is { Rate: > 0, Total: > 0 } first && within > 0 ? first.Total / first.Rate : double.NaN;
        var share = epochs > 0 ? Math.Min(1, (done + within) / epochs) : (double?)null;
        var left = epochs - done - within;
        return new RunProgress(
            share, epochs > 0 && double.IsFinite(perEpoch) ? TimeSpan.FromSeconds(Math.Max(0, left * perEpoch)) : null, stage);
    }

    /// <summary>From the epochs that were logged, where the trainer does not say.</summary>
    public static RunProgress Of(StoredRun run, DateTimeOffset now)
    {
        var done = run.Metrics.FirstOrDefault(metric => metric.Metric == RunColumns.Headline)?.LastStep ?? 0;
        if (!int.TryParse(run.Registration.Options.GetValueOrDefault("epochs"), System.Globalization.CultureInfo.InvariantCulture, out var epochs) || epochs < 1)
            return new RunProgress(null, null, "");
        var share = Math.Clamp((double)done / epochs, 0, 1);
        return new RunProgress(share, done > 0 ? run.Ran(now) / done * (epochs - Math.Min(done, epochs)) : null, $"epoch {done} of {epochs}");
    }
}
