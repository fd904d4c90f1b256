using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.Cli;

/// <summary>Progress in a line: <c>epoch 3/15 train 120/450 images, 23.4/s, 14 s left</c>.</summary>
internal static class ProgressText
{
    public static string Line(Progress progress, IWorkResource resource)
    {
        var epoch = resource is TrainingRun run && progress.Stage is "train" or "validate"
            ? $"epoch {EpochText.Number(((TrainingRun)resource).Epochs.Count + 1, (TrainingRun)resource)} "
            : "";
        var left = progress.Remaining is { } remaining ? $", {Numbers.Duration(remaining.ToTimeSpan())} left" : "";
        if (progress.Unit == "bytes")
            return $"{progress.Stage} {Numbers.Bytes(progress.Done)}{(progress.Total > 0 ? $" of {Numbers.Bytes(progress.Total)}" : "")}{(progress.Rate > 0 ? $", {Numbers.Bytes((long)progress.Rate)}/s" : "")}{left}";
        var done = progress.Total > 0 ? $"{progress.Done:N0}/{progress.Total:N0}" : $"{progress.Done:N0}";
        var rate = progress.Rate > 0 ? $", {progress.Rate:0.0}/s" : "";
        return $"{epoch}{progress.Stage} {done} {progress.Unit}{rate}{left}";
    }
}
