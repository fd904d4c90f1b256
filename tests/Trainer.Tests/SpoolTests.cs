using Maskwright.Metrics.V1;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Maskwright.Trainer.Tests;

public sealed class SpoolTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("maskwright-spool-");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_is_written_is_read_back_by_kind_and_in_order()
    {
        using (var writer = Writer())
        {
            writer.Add([PointAt(1), PointAt(2)]);
            writer.Add(new TextEvent { Text = "a line" });
            writer.Add([new ImageReference { Step = 1, SampleKey = "s" }]);
        }

        var segment = ReadAll().ShouldHaveSingleItem();
        (segment.Number, segment.Torn).ShouldBe((1, 0));
        segment.Points.Select(point => point.Step).ShouldBe([1, 2]);
        segment.Lines.Single().Text.ShouldBe("a line");
        segment.Images.Single().SampleKey.ShouldBe("s");
    }

    [Fact]
    public void A_segment_is_not_read_while_it_is_written_and_closed_after_a_second()
    {
        using var writer = Writer();
        writer.Add([PointAt(1)]);
        SpoolSegment.TryRead(Paths().ShouldHaveSingleItem()).ShouldBeNull();

        _time.Advance(TimeSpan.FromSeconds(1));
        writer.Add([PointAt(2)]);

        Paths().Count.ShouldBe(2);
        SpoolSegment.TryRead(Paths()[0]).ShouldNotBeNull().Points.Single().Step.ShouldBe(1);
        SpoolSegment.TryRead(Paths()[1]).ShouldBeNull();
    }

    [Fact]
    public void Full_segments_hold_no_more_than_the_collector_takes()
    {
        using (var writer = Writer())
        {
            for (var step = 0; step < 2_500; step++)
                writer.Add(new TextEvent { Text = $"{step}" });
        }

        ReadAll().Select(segment => segment.Lines.Count).ShouldBe([1_000, 1_000, 500]);
    }

    [Fact]
    public void A_later_process_comes_after_an_earlier_one_whatever_its_segments_numbers()
    {
        for (var process = 0; process < 3; process++)
        {
            using (var writer = Writer())
                writer.Add([PointAt(process)]);
            _time.Advance(TimeSpan.FromHours(30));
        }

        ReadAll().Select(segment => segment.Points.Single().Step).ShouldBe([0, 1, 2]);
        ReadAll().Select(segment => segment.Client).Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
    }

    [Fact]
    public void A_torn_end_costs_the_record_it_cuts_and_no_other()
    {
        using (var writer = Writer())
            writer.Add([PointAt(1), PointAt(2), PointAt(3)]);
        var path = Paths().Single();
        var whole = File.ReadAllBytes(path);
        for (var length = 1; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            var segment = SpoolSegment.TryRead(path).ShouldNotBeNull();
            var record = whole.Length / 3;
            segment.Points.Count.ShouldBe(length / record);
            segment.Torn.ShouldBe(length % record);
        }
    }

    [Fact]
    public void A_disk_that_refuses_ends_nothing()
    {
        using var writer = Writer();
        writer.Add([PointAt(1)]);
        _time.Advance(TimeSpan.FromSeconds(1));
        Directory.Delete(Path.GetDirectoryName(Paths().Single())!, recursive: true);

        Should.NotThrow(() => writer.Add([PointAt(2)]));
    }

    private static Point PointAt(long step) => new() { Metric = "step/loss", Step = step, Epoch = 1, Value = 0.5 };

    private SpoolWriter Writer() => new(_folder.FullName, "run", _time, NullLogger<SpoolWriter>.Instance);

    private IReadOnlyList<string> Paths() => new MetricsSpool(_folder.FullName).Segments("run");

    private List<SpoolSegment> ReadAll() => [.. Paths().Select(path => SpoolSegment.TryRead(path)!)];
}
