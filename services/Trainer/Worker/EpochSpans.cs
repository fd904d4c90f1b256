using System.Diagnostics;
using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>Tells each epoch that has ended as a span with its training and its validation below the run's.</summary>
internal sealed class EpochSpans(TimeProvider time)
{
    private static readonly ActivitySource Activities = new("Maskwright.Trainer");

    private readonly ActivityContext _run = Activity.Current?.Context ?? default;

    /// <summary>Tells an epoch that ends now.</summary>
    public void Add(EpochReport report)
    {
        var end = time.GetUtcNow();
        var validation = end.AddSeconds(-report.ValidationSeconds);
        var start = validation.AddSeconds(-report.TrainSeconds);
        using var epoch = Activities.StartActivity($"epoch {report.Number}", ActivityKind.Internal, _run, startTime: start);
        if (epoch is null)
            return;
        epoch.SetTag("maskwright.loss", report.TrainLoss);
        epoch.SetTag("maskwright.miou", report.Validation.MeanIoU);
        epoch.SetEndTime(end.UtcDateTime);
        Tell("train", epoch.Context, start, validation);
        Tell("validate", epoch.Context, validation, end);
    }

    private static void Tell(string name, ActivityContext epoch, DateTimeOffset start, DateTimeOffset end)
    {
        using var span = Activities.StartActivity(name, ActivityKind.Internal, epoch, startTime: start);
        span?.SetEndTime(end.UtcDateTime);
    }
}
