using System.Globalization;
using Google.Protobuf.Collections;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;

namespace Maskwright.MetricsCollector;

/// <summary>Turns requests about runs into values for the store, or says which field is wrong and what was expected.</summary>
internal static partial class RequestCheck
{
    private const int MaxDisplayName = 200;
    private const int MaxEntryText = 1_000;
    private const int MaxNote = 65_536;
    private const int MaxErrorMessage = 4_000;
    private const int MaxFilter = 2_000;
    private const int MaxToken = 4_000;
    private const string RunPrefix = "runs/";

    public static NewRun NewRun(CreateRunRequest request)
    {
        NewRunId(request.RunId, "run_id");
        return NewRun(request.RunId, request.Run ?? throw RpcErrors.InvalidArgument("run", "The run is missing; an empty one is enough."));
    }

    public static NewRun NewRun(string id, Run run)
    {
        Text(run.DisplayName, MaxDisplayName, "run.display_name");
        Note(run.Note, "run.note");
        return new NewRun
        {
            Id = id,
            DisplayName = run.DisplayName,
            Options = Map(run.Options, "run.options"),
            Lineage = Map(run.Lineage, "run.lineage"),
            Tags = Map(run.Tags, "run.tags"),
            Note = run.Note,
        };
    }

    public static void NewRunId(string id, string field)
    {
        if (!MetricNames.IsRunId(id))
        {
            throw RpcErrors.InvalidArgument(
                field, $"'{Shown(id)}' is no id of a run: 1 to 63 of a-z, 0-9 and -, starting with a letter, are expected.");
        }
    }

    public static string RunId(string name, string field) =>
        name.StartsWith(RunPrefix, StringComparison.Ordinal) && MetricNames.IsRunId(name.AsSpan(RunPrefix.Length))
            ? name[RunPrefix.Length..]
            : throw RpcErrors.InvalidArgument(field, $"'{Shown(name)}' is no name of a run; 'runs/{{id}}' is expected.");

    public static (string Id, RunStatus Status) Finish(FinishRunRequest request)
    {
        var id = RunId(request.Name, "name");
        Text(request.ErrorMessage, MaxErrorMessage, "error_message");
        return (id, request.State switch
        {
            RunState.Succeeded => RunStatus.Succeeded,
            RunState.Failed => RunStatus.Failed,
            RunState.Cancelled => RunStatus.Cancelled,
            _ => throw RpcErrors.InvalidArgument(
                "state", "A run ends as RUN_STATE_SUCCEEDED, RUN_STATE_FAILED or RUN_STATE_CANCELLED."),
        });
    }

    public static (string Id, IReadOnlyDictionary<string, string> Set) Tags(TagRunRequest request)
    {
        var id = RunId(request.Name, "name");
        if (request.Remove.Count > MetricsStore.MaxAttributes)
            throw RpcErrors.InvalidArgument("remove", $"It has {request.Remove.Count} entries; at most {MetricsStore.MaxAttributes} are allowed.");
        for (var i = 0; i < request.Remove.Count; i++)
            Text(request.Remove[i], MaxEntryText, $"remove[{i}]");
        if (request.Remove.FirstOrDefault(request.Set.ContainsKey) is { } both)
            throw RpcErrors.InvalidArgument("remove", $"'{Shown(both)}' is to be set and removed at once; name it in one of the two.");
        return (id, Map(request.Set, "set"));
    }

    public static RunFormat Format(string format) =>
        RunFormat.All.FirstOrDefault(known => known.Name == format) ?? throw RpcErrors.InvalidArgument(
            "format", $"'{Shown(format)}' is no format; {string.Join(", ", RunFormat.All.Select(known => known.Name))} are.");

    public static void ObjectKey(string key, string field)
    {
        if (key.Length is 0 or > MaxObjectKey || key.Any(char.IsControl) || key.Split('/').Any(segment => segment is "" or "." or ".."))
            throw RpcErrors.InvalidArgument(field, $"'{Shown(key)}' is no object key; the one that PrepareImport gave is expected.");
    }

    public static void Note(string note, string field) => Text(note, MaxNote, field);

    public static RunFilter Filter(string filter)
    {
        Text(filter, MaxFilter, "filter");
        try
        {
            return RunFilter.Parse(filter);
        }
        catch (RunQueryException error)
        {
            throw RpcErrors.InvalidArgument("filter", error.Message);
        }
    }

    public static RunOrder Order(string order)
    {
        Text(order, MaxFilter, "order_by");
        try
        {
            return RunOrder.Parse(order);
        }
        catch (RunQueryException error)
        {
            throw RpcErrors.InvalidArgument("order_by", error.Message);
        }
    }

    public static RunPlace? Place(ListRunsRequest request)
    {
        if (request.PageToken.Length == 0)
            return null;
        Text(request.PageToken, MaxToken, "page_token");
        return PageToken.Read(request.PageToken, request.Filter, request.OrderBy)
            ?? throw RpcErrors.InvalidArgument("page_token", "It is not the next_page_token of an answer to this filter and order.");
    }

    public static (long Step, string Sample)? ImagePlace(string token)
    {
        if (token.Length == 0)
            return null;
        Text(token, MaxToken, "page_token");
        return token.Split(' ', 2) is [var step, var sample] && long.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, sample)
            : throw RpcErrors.InvalidArgument("page_token", "It is not the next_page_token of an answer.");
    }

    public static long EventPlace(string token) => token.Length == 0
        ? 0
        : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw RpcErrors.InvalidArgument("page_token", "It is not the next_page_token of an answer.");

    public static int PageSize(int size, int usual, int max)
    {
        Range(size, 0, max, "page_size");
        return size == 0 ? usual : size;
    }

    public static StepRange Steps(QueryMetricsRequest request)
    {
        var range = new StepRange(request.HasMinStep ? request.MinStep : 0, request.HasMaxStep ? request.MaxStep : long.MaxValue);
        if (range.First < 0)
            throw RpcErrors.InvalidArgument("min_step", $"It is {range.First}; steps are counted from 0.");
        return range.First <= range.Last
            ? range
            : throw RpcErrors.InvalidArgument("max_step", $"It is {range.Last}, below min_step, which is {range.First}.");
    }

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
        if (map.Count > MetricsStore.MaxAttributes)
            throw RpcErrors.InvalidArgument(field, $"It has {map.Count} entries; at most {MetricsStore.MaxAttributes} are allowed.");
        foreach (var (key, value) in map)
        {
            if (key.Length == 0)
                throw RpcErrors.InvalidArgument(field, "It has an entry without a name.");
            Text(key, MaxEntryText, $"{field}['{Shown(key)}']");
            Text(value, MaxEntryText, $"{field}['{Shown(key)}']");
        }

        return new Dictionary<string, string>(map, StringComparer.Ordinal);
    }

    /// <summary>Text of a bounded length that every database can hold.</summary>
    private static void Text(string text, int max, string field)
    {
        if (text.Length > max)
            throw RpcErrors.InvalidArgument(field, $"It has {text.Length} characters; at most {max} are allowed.");
        if (text.Contains('\0', StringComparison.Ordinal))
            throw RpcErrors.InvalidArgument(field, "It holds the character U+0000, which is no text.");
    }

    /// <summary>The start of a text that may be long, for a message.</summary>
    private static string Shown(string text) => text.Length <= 80 ? text : $"{text.AsSpan(0, 80)}…";
}
