using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;

namespace Maskwright.MetricsCollector;

/// <summary>Turns requests into values for the store, or says which field is wrong and what was expected.</summary>
internal static class RequestCheck
{
    private const int MaxDisplayName = 200;
    private const int MaxEntries = 200;
    private const int MaxEntryText = 1_000;
    private const int MaxNote = 65_536;
    private const int MaxClientId = 64;
    private const int MaxErrorMessage = 4_000;
    private const int MaxBatchPoints = 10_000;
    private const string RunPrefix = "runs/";

    public static NewRun NewRun(CreateRunRequest request)
    {
        if (!MetricNames.IsRunId(request.RunId))
        {
            throw RpcErrors.InvalidArgument(
                "run_id",
                $"'{Shown(request.RunId)}' is no id of a run: 1 to 63 of a-z, 0-9 and -, starting with a letter, are expected.");
        }

        var run = request.Run ?? throw RpcErrors.InvalidArgument("run", "The run is missing; an empty one is enough.");
        Length(run.DisplayName, MaxDisplayName, "run.display_name");
        Length(run.Note, MaxNote, "run.note");
        return new NewRun
        {
            Id = request.RunId,
            DisplayName = run.DisplayName,
            Options = Map(run.Options, "run.options"),
            Lineage = Map(run.Lineage, "run.lineage"),
            Tags = Map(run.Tags, "run.tags"),
            Note = run.Note,
        };
    }

    public static PointBatch Batch(LogMetricsRequest request, TimeProvider time)
    {
        var id = RunId(request.Run, "run");
        if (request.ClientId.Length == 0)
            throw RpcErrors.InvalidArgument("client_id", "The client id is missing; it makes a repeated batch harmless.");
        Length(request.ClientId, MaxClientId, "client_id");
        if (request.Sequence < 1)
            throw RpcErrors.InvalidArgument("sequence", $"It is {request.Sequence}; batches are counted from 1.");
        if (request.Points.Count > MaxBatchPoints)
        {
            throw RpcErrors.InvalidArgument(
                "points", $"There are {request.Points.Count} of them; a batch holds at most {MaxBatchPoints}. Send several batches.");
        }

        var now = time.GetUtcNow();
        var points = new StoredPoint[request.Points.Count];
        for (var i = 0; i < points.Length; i++)
            points[i] = ToPoint(request.Points[i], i, now);
        return new PointBatch(id, request.ClientId, request.Sequence, points);
    }

    public static (string Id, RunStatus Status) Finish(FinishRunRequest request)
    {
        var id = RunId(request.Name, "name");
        Length(request.ErrorMessage, MaxErrorMessage, "error_message");
        return (id, request.State switch
        {
            RunState.Succeeded => RunStatus.Succeeded,
            RunState.Failed => RunStatus.Failed,
            RunState.Cancelled => RunStatus.Cancelled,
            _ => throw RpcErrors.InvalidArgument(
                "state", "A run ends as RUN_STATE_SUCCEEDED, RUN_STATE_FAILED or RUN_STATE_CANCELLED."),
        });
    }

    public static string RunId(string name, string field) =>
        name.StartsWith(RunPrefix, StringComparison.Ordinal) && MetricNames.IsRunId(name.AsSpan(RunPrefix.Length))
            ? name[RunPrefix.Length..]
            : throw RpcErrors.InvalidArgument(field, $"'{Shown(name)}' is no name of a run; 'runs/{{id}}' is expected.");

    public static void Metrics(IReadOnlyList<string> metrics)
    {
        if (metrics.Count > MetricsStore.MaxMetrics)
            throw RpcErrors.InvalidArgument("metrics", $"There are {metrics.Count} names; at most {MetricsStore.MaxMetrics} are allowed.");
        for (var i = 0; i < metrics.Count; i++)
            Metric(metrics[i], $"metrics[{i}]");
    }

    public static void Range(int value, int low, int high, string field)
    {
        if (value < low || value > high)
            throw RpcErrors.InvalidArgument(field, $"It is {value}; {low} to {high} are allowed.");
    }

    public static long PageToken(string token) => token.Length == 0
        ? long.MaxValue
        : long.TryParse(token, out var before) && before > 0
            ? before
            : throw RpcErrors.InvalidArgument("page_token", "It is not the next_page_token of an answer.");

    private static StoredPoint ToPoint(Point point, int index, DateTimeOffset now)
    {
        Metric(point.Metric, $"points[{index}].metric");
        if (point.Step < 0)
            throw RpcErrors.InvalidArgument($"points[{index}].step", $"It is {point.Step}; steps are counted from 0.");
        if (point.Epoch < 0)
            throw RpcErrors.InvalidArgument($"points[{index}].epoch", $"It is {point.Epoch}; epochs are counted from 1, 0 means none.");
        return new StoredPoint(point.Metric, point.Step, point.Epoch, Time(point.Time, now, index), point.Value);
    }

    private static DateTimeOffset Time(Timestamp? time, DateTimeOffset now, int index)
    {
        if (time is null)
            return now;
        try
        {
            return time.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            throw RpcErrors.InvalidArgument($"points[{index}].time", "It is no time between the years 1 and 9999.");
        }
    }

    private static void Metric(string metric, string field)
    {
        if (!MetricNames.IsMetric(metric))
        {
            throw RpcErrors.InvalidArgument(
                field,
                $"'{Shown(metric)}' is no name of a metric: 1 to 200 letters, digits and the characters _ - . / are expected.");
        }
    }

    private static Dictionary<string, string> Map(MapField<string, string> map, string field)
    {
        if (map.Count > MaxEntries)
            throw RpcErrors.InvalidArgument(field, $"It has {map.Count} entries; at most {MaxEntries} are allowed.");
        foreach (var (key, value) in map)
        {
            if (key.Length is 0 or > MaxEntryText || value.Length > MaxEntryText)
            {
                throw RpcErrors.InvalidArgument(
                    $"{field}['{Shown(key)}']",
                    $"Names of 1 to {MaxEntryText} and values of up to {MaxEntryText} characters are allowed.");
            }
        }

        return new Dictionary<string, string>(map, StringComparer.Ordinal);
    }

    private static void Length(string text, int max, string field)
    {
        if (text.Length > max)
            throw RpcErrors.InvalidArgument(field, $"It has {text.Length} characters; at most {max} are allowed.");
    }

    /// <summary>The start of a text that may be long, for a message.</summary>
    private static string Shown(string text) => text.Length <= 80 ? text : $"{text.AsSpan(0, 80)}…";
}
