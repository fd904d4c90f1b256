using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Maskwright.Dashboard.Telemetry;
using Maskwright.Dashboard.Tests.Telemetry;
using Maskwright.Dashboard.Traces;

namespace Maskwright.Dashboard.Tests.Traces;

public sealed class SpanTreeTests
{
    [Fact]
    public void Spans_stand_behind_what_they_lie_in_by_their_start()
    {
        var rows = SpanTree.Order([Samples.Span(4, 2, start: 30), Samples.Span(3, 1, start: 20), Samples.Span(1, start: 0), Samples.Span(2, 1, start: 10), Samples.Span(5, parent: 99, start: 5)]);
        rows.Select(row => (row.Span.Id.Value, row.Depth, row.Descendants)).ShouldBe([(1UL, 0, 4), (5UL, 1, 0), (2UL, 1, 1), (4UL, 2, 0), (3UL, 1, 0)]);
    }

    [Fact]
    public void Without_the_root_those_whose_parent_is_missing_are_roots() =>
        SpanTree.Order([Samples.Span(1, 98, start: 2), Samples.Span(2, 99, start: 1)]).Select(row => (row.Span.Id.Value, row.Depth)).ShouldBe([(2UL, 0), (1UL, 0)]);

    [Fact]
    public void Folding_hides_all_that_lies_in_a_span()
    {
        var rows = SpanTree.Order([Samples.Span(1), Samples.Span(2, 1, start: 1), Samples.Span(3, 2, start: 2), Samples.Span(4, 1, start: 3)]);
        SpanTree.Unfolded(rows, new HashSet<SpanId> { new(2) }).Select(row => row.Span.Id.Value).ShouldBe([1UL, 2UL, 4UL]);
        SpanTree.Unfolded(rows, new HashSet<SpanId> { new(1), new(2) }).Select(row => row.Span.Id.Value).ShouldBe([1UL]);
    }

    [Fact]
    public void A_circle_and_a_span_in_itself_are_shown_from_the_earliest()
    {
        var rows = SpanTree.Order([Samples.Span(1, 2, start: 5), Samples.Span(2, 1, start: 3), Samples.Span(3, 3, start: 9)]);
        rows.Select(row => (row.Span.Id.Value, row.Depth)).ShouldBe([(2UL, 0), (1UL, 1), (3UL, 0)]);
    }

    [Fact]
    public void A_chain_of_100000_spans_is_no_trouble()
    {
        var rows = SpanTree.Order([.. Enumerable.Range(1, 100_000).Select(i => Samples.Span((ulong)i, (ulong)i - 1, start: i))]);
        (rows[0].Descendants, rows[^1].Depth).ShouldBe((99_999, 99_999));
    }

    [Property]
    public Property Every_span_stands_once_and_counts_what_lies_in_it() => Prop.ForAll(
        (from parents in Gen.Choose(0, 30).ArrayOf() select parents).ToArbitrary(),
        parents =>
        {
            Span[] spans = [.. parents.Select((parent, i) => Samples.Span((ulong)i + 1, (ulong)parent, start: i % 7))];
            var rows = SpanTree.Order(spans);
            return rows.Select(row => row.Span.Id).Order(Comparer<SpanId>.Create((a, b) => a.Value.CompareTo(b.Value))).SequenceEqual(spans.Select(span => span.Id))
                && rows.Select((row, i) => rows.Skip(i + 1).TakeWhile(other => other.Depth > row.Depth).Count() == row.Descendants).All(same => same);
        });
}
