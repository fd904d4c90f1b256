using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Traces;

/// <summary>A span in its place in the waterfall.</summary>
/// <param name="Span">Which.</param>
/// <param name="Depth">How many spans it lies in.</param>
/// <param name="Descendants">How many spans lie in it.</param>
internal sealed record SpanRow(Span Span, int Depth, int Descendants);

/// <summary>Puts the spans of a trace in the order of a waterfall: each before those that lie in it, these by their start.</summary>
internal static class SpanTree
{
    /// <summary>
    /// A span whose parent is not there (not every library's spans are exported) stands below the root where there is one, and of
    /// spans that claim to lie in one another in a circle the earliest stands as a root.
    /// </summary>
    public static IReadOnlyList<SpanRow> Order(IReadOnlyList<Span> spans)
    {
        var known = spans.Select(span => span.Id).ToHashSet();
        var byStart = spans.OrderBy(span => span.Start).ThenByDescending(span => span.Duration).ToArray();
        var top = byStart.Where(span => span.Parent.IsNone).ToArray() is [var only] ? only.Id : default;
        var children = byStart.Where(span => !Parent(span).IsNone).ToLookup(Parent);
        List<SpanRow> rows = new(spans.Count);
        HashSet<SpanId> placed = [];
        foreach (var root in byStart.Where(span => Parent(span).IsNone))
            Place(root);
        foreach (var left in byStart)
            Place(left);
        return Counted(rows);

        SpanId Parent(Span span) => known.Contains(span.Parent) ? span.Parent : span.Parent.IsNone ? default : top;

        void Place(Span root)
        {
            Stack<(Span Span, int Depth)> open = new([(root, 0)]);
            while (open.TryPop(out var next))
            {
                if (!placed.Add(next.Span.Id))
                    continue;
                rows.Add(new SpanRow(next.Span, next.Depth, 0));
                foreach (var child in children[next.Span.Id].Reverse())
                    open.Push((child, next.Depth + 1));
            }
        }
    }

    /// <summary>The rows that are to be seen when those of some spans are folded.</summary>
    public static List<SpanRow> Unfolded(IReadOnlyList<SpanRow> rows, IReadOnlySet<SpanId> folded)
    {
        List<SpanRow> seen = new(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            seen.Add(rows[i]);
            if (folded.Contains(rows[i].Span.Id))
                i += rows[i].Descendants;
        }

        return seen;
    }

    private static List<SpanRow> Counted(List<SpanRow> rows)
    {
        // From the end: what follows a row with a greater depth lies in it.
        Stack<int> open = new();
        for (var i = rows.Count - 1; i >= 0; i--)
        {
            var descendants = 0;
            while (open.TryPeek(out var next) && rows[next].Depth > rows[i].Depth)
                descendants += 1 + rows[open.Pop()].Descendants;
            rows[i] = rows[i] with { Descendants = descendants };
            open.Push(i);
        }

        return rows;
    }
}
