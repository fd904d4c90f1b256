namespace Maskwright.Dashboard.Telemetry;

/// <summary>The spans of a trace as they arrive. Guarded by its store's lock.</summary>
internal sealed class Trace(TraceId id)
{
    /// <summary>Up to so many spans are searched one by one; a set of ids would take more memory than time.</summary>
    private const int SearchedSpans = 16;

    private readonly List<Span> _spans = new(1);
    private HashSet<SpanId>? _ids;
    private TraceSummary? _summary;

    public TraceId Id => id;

    public IReadOnlyList<Span> Spans => _spans;

    /// <summary>Adds a span, unless it is there already: exporters send again what they are not sure of.</summary>
    /// <returns>Whether it is new.</returns>
    public bool TryAdd(Span span)
    {
        if (_ids is null && _spans.Count == SearchedSpans)
            _ids = [.. _spans.Select(known => known.Id)];
        if (!(_ids?.Add(span.Id) ?? !_spans.Exists(known => known.Id == span.Id)))
            return false;
        _spans.Add(span);
        _summary = null;
        return true;
    }

    public TraceSummary Summary => _summary ??= Summarise();

    private TraceSummary Summarise()
    {
        var first = _spans[0];
        var end = first.End;
        var errors = 0;
        List<KeyValuePair<string, int>> resources = new(1);
        foreach (var span in _spans)
        {
            // A root goes before any other span, and an earlier one before a later one.
            if ((!span.Parent.IsNone, span.Start).CompareTo((!first.Parent.IsNone, first.Start)) < 0)
                first = span;
            end = Math.Max(end, span.End);
            errors += span.Status == SpanStatus.Error ? 1 : 0;
            var index = resources.FindIndex(entry => entry.Key == span.Source.Resource);
            if (index < 0)
                resources.Add(new(span.Source.Resource, 1));
            else
                resources[index] = new(span.Source.Resource, resources[index].Value + 1);
        }

        var start = _spans.Min(span => span.Start);
        return new TraceSummary(id, first.Name, first.Source.Resource, start, end - start, _spans.Count, errors, resources);
    }
}
