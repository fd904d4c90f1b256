using Google.Protobuf.WellKnownTypes;
using Maskwright.Metrics.V1;

namespace Maskwright.MetricsCollector;

/// <summary>What the store holds, as messages.</summary>
internal static class RunMapping
{
    public static Run ToMessage(StoredRun run)
    {
        var message = new Run
        {
            Name = $"runs/{run.Registration.Id}",
            DisplayName = run.Registration.DisplayName,
            State = run.Status switch
            {
                RunStatus.Running => RunState.Running,
                RunStatus.Succeeded => RunState.Succeeded,
                RunStatus.Failed => RunState.Failed,
                RunStatus.Cancelled => RunState.Cancelled,
                _ => RunState.Unspecified,
            },
            ErrorMessage = run.ErrorMessage,
            CreateTime = run.CreateTime.ToTimestamp(),
            EndTime = run.EndTime?.ToTimestamp(),
            IdleTime = run.Idle > TimeSpan.Zero ? run.Idle.ToDuration() : null,
            Note = run.Registration.Note,
        };
        message.Options.Add(run.Registration.Options.ToDictionary());
        message.Lineage.Add(run.Registration.Lineage.ToDictionary());
        message.Tags.Add(run.Registration.Tags.ToDictionary());
        message.Metrics.AddRange(run.Metrics.Select(ToMessage));
        return message;
    }

    public static MetricSummary ToMessage(StoredSummary metric) => new()
    {
        Metric = metric.Metric,
        Points = metric.Points,
        Last = metric.Last,
        LastStep = metric.LastStep,
        Minimum = metric.Minimum,
        MinimumStep = metric.MinimumStep,
        Maximum = metric.Maximum,
        MaximumStep = metric.MaximumStep,
    };

    public static Series ToMessage(StoredSeries series) =>
        new() { Metric = series.Metric, Points = { series.Points.Select(ToMessage) } };

    public static Point ToMessage(StoredPoint point) => new()
    {
        Metric = point.Metric,
        Step = point.Step,
        Epoch = point.Epoch,
        Time = point.Time.ToTimestamp(),
        Value = point.Value,
    };

    public static ImageReference ToMessage(StoredImage image) => new()
    {
        Step = image.Step,
        SampleKey = image.SampleKey,
        ImageKey = image.ImageKey,
        TruthKey = image.TruthKey,
        PredictionKey = image.PredictionKey,
    };

    public static TextEvent ToMessage(StoredEvent line) => new() { Time = line.Time.ToTimestamp(), Level = line.Level, Text = line.Text };

    public static CompareRunsResponse ToMessage(RunComparison comparison) => new()
    {
        Runs = { comparison.Runs.Select(ToMessage) },
        DifferingOptions = { comparison.DifferingOptions },
        Metrics = { comparison.Metrics.Select(ToMessage) },
    };

    private static MetricComparison ToMessage(ComparedMetric metric) => new()
    {
        Metric = metric.Metric,
        Goal = metric.IsMinimized ? MetricGoal.Minimize : MetricGoal.Maximize,
        Runs = { metric.Runs.Select(run => run is null ? new MetricSummary { Metric = metric.Metric } : ToMessage(run)) },
        BestRun = metric.Best,
    };
}
