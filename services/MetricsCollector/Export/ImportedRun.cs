using Google.Protobuf.WellKnownTypes;
using Maskwright.Metrics.V1;

namespace Maskwright.MetricsCollector;

/// <summary>What the description of an exported run says, checked as what any other caller sends.</summary>
internal sealed record ImportedRun(
    NewRun Registration, RunStatus Status, string ErrorMessage, DateTimeOffset CreateTime, DateTimeOffset? EndTime, TimeSpan Idle)
{
    private const string Prefix = "runs/";

    /// <param name="run">The description.</param>
    /// <param name="id">Id to give it; empty for its own.</param>
    /// <exception cref="InvalidDataException">It describes no run.</exception>
    public static ImportedRun Of(Run run, string id)
    {
        if (id.Length == 0 && run.Name.StartsWith(Prefix, StringComparison.Ordinal))
            id = run.Name[Prefix.Length..];
        if (!MetricNames.IsRunId(id))
            throw new InvalidDataException($"Its {RunZip.RunName} names no run, but '{run.Name}'.");
        return new ImportedRun(
            RequestCheck.NewRun(id, run),
            run.State switch
            {
                RunState.Running => RunStatus.Running,
                RunState.Succeeded => RunStatus.Succeeded,
                RunState.Failed => RunStatus.Failed,
                RunState.Cancelled => RunStatus.Cancelled,
                _ => throw new InvalidDataException($"Its {RunZip.RunName} has no state."),
            },
            run.ErrorMessage,
            Time(run.CreateTime) ?? throw new InvalidDataException($"Its {RunZip.RunName} has no create_time."),
            Time(run.EndTime),
            Length(run.IdleTime));
    }

    private static TimeSpan Length(Duration? time)
    {
        try
        {
            return time?.ToTimeSpan() is { } idle && idle > TimeSpan.Zero ? idle : TimeSpan.Zero;
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidDataException($"Its {RunZip.RunName} has an idle_time that is none.", error);
        }
    }

    private static DateTimeOffset? Time(Timestamp? time)
    {
        try
        {
            return time?.ToDateTimeOffset();
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidDataException($"Its {RunZip.RunName} has a time beyond the years 1 to 9999.", error);
        }
    }
}
