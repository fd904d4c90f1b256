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
            Note = run.Registration.Note,
        };
        message.Options.Add(run.Registration.Options.ToDictionary());
        message.Lineage.Add(run.Registration.Lineage.ToDictionary());
        message.Tags.Add(run.Registration.Tags.ToDictionary());
        message.Metrics.AddRange(run.Metrics.Select(metric => new MetricSummary
        {
            Metric = metric.Metric,
            Points = metric.Points,
            Last = metric.Last,
            Minimum = metric.Minimum,
            Maximum = metric.Maximum,
            LastStep = metric.LastStep,
        }));
        return message;
    }

    public static Series ToMessage(StoredSeries series)
    {
        var message = new Series { Metric = series.Metric };
        message.Points.AddRange(series.Points.Select(point => new Point
        {
            Metric = point.Metric,
            Step = point.Step,
            Epoch = point.Epoch,
            Time = point.Time.ToTimestamp(),
            Value = point.Value,
        }));
        return message;
    }
}
