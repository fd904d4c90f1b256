namespace Maskwright.MetricsCollector.Tests;

public sealed class PointsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, BothStores]
    public async Task A_batch_that_is_sent_again_is_skipped(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        (await test.AppendAsync(1, "loss", 3, 2)).ShouldBeTrue();
        (await test.AppendAsync(1, "loss", 9, 9)).ShouldBeFalse();
        await test.ReopenAsync();
        (await test.AppendAsync(1, "loss", 9, 9)).ShouldBeFalse();
        (await test.ValuesAsync("loss")).ShouldBe([3, 2]);
    }

    [Theory, BothStores]
    public async Task Sequences_are_counted_by_client_and_run(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        await test.CreateRunAsync("run-2");
        await test.AppendAsync(5, "loss", 1);
        (await test.Store.AppendAsync(new PointBatch("run-1", "other", 1, [test.Point("loss", 1, 2)]), Cancel)).ShouldBeTrue();
        (await test.Store.AppendAsync(new PointBatch("run-2", "client", 1, [test.Point("loss", 0, 3)]), Cancel)).ShouldBeTrue();
        (await test.AppendAsync(4, "loss", 7)).ShouldBeFalse();
        (await test.ValuesAsync("loss")).ShouldBe([1, 2]);
    }

    [Theory, BothStores]
    public async Task Of_points_for_one_step_the_later_stays(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        await test.AppendAsync(1, "loss", 1, 100, 3);
        await test.AppendAsync(2, "loss", 1, 2);
        (await test.ValuesAsync("loss")).ShouldBe([1, 2, 3]);
        await test.AppendAsync(3, [test.Point("m", 7, 50), test.Point("m", 7, 4)]);
        (await test.RunAsync()).Metrics.ShouldBe([Summary("loss", 3, 3, 2, 1, 0, 3, 2), Summary("m", 1, 4, 7, 4, 7, 4, 7)]);
    }

    [Theory, BothStores]
    public async Task Every_double_is_kept_and_NaN_is_left_out_of_the_extremes(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        double[] values = [1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, BitConverter.UInt64BitsToDouble(0xFFF8_0000_0000_1234)];
        await test.AppendAsync(1, "m", values);
        await test.AppendAsync(2, "only-nan", double.NaN);
        await test.ReopenAsync();

        (await test.ValuesAsync("m")).Select(BitConverter.DoubleToUInt64Bits).ShouldBe(values.Select(BitConverter.DoubleToUInt64Bits));
        (await test.RunAsync()).Metrics.ShouldBe(
        [
            Summary("m", 7, double.NaN, 6, double.NegativeInfinity, 3, double.PositiveInfinity, 2),
            Summary("only-nan", 1, double.NaN, 0, double.NaN, 0, double.NaN, 0),
        ]);
    }

    [Theory, BothStores]
    public async Task Every_field_of_a_point_is_there_after_the_store_is_opened_again(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        StoredPoint[] points =
        [
            new("m", 0, 0, DateTimeOffset.MinValue, 1),
            new("m", 1, int.MaxValue, DateTimeOffset.UnixEpoch.AddTicks(1), 2),
            new("m", long.MaxValue, 3, DateTimeOffset.MaxValue, 3),
        ];
        await test.AppendAsync(1, points);
        await test.ReopenAsync();
        (await test.PointsAsync("m")).ShouldBe(points);
    }

    [Theory, BothStores]
    public async Task A_query_answers_in_the_order_asked_for_and_all_by_name_otherwise(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        await test.AppendAsync(1, "b", 1);
        await test.AppendAsync(2, "a", 2);
        (await QueryAsync([])).Select(series => series.Metric).ShouldBe(["a", "b"]);
        (await QueryAsync(["b", "none", "a"])).Select(series => (series.Metric, series.Points.Count)).ShouldBe([("b", 1), ("none", 0), ("a", 1)]);
        await Should.ThrowAsync<RunNotFoundException>(() => test.Store.QueryAsync("none", [], 0, StepRange.All, Cancel));

        Task<IReadOnlyList<StoredSeries>> QueryAsync(string[] metrics) => test.Store.QueryAsync("run-1", metrics, 0, StepRange.All, Cancel);
    }

    [Theory, BothStores]
    public async Task A_batch_that_is_refused_leaves_nothing_and_takes_its_stream_with_it(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        var error = await Should.ThrowAsync<RunNotFoundException>(
            () => test.Store.AppendAsync(new PointBatch("none", "c", 1, [test.Point("m", 0, 1)]), Cancel));
        error.Id.ShouldBe("none");

        var crowd = Enumerable.Range(0, MetricsStore.MaxMetrics + 1).Select(i => test.Point($"m{i}", 0, i)).ToList();
        var refused = await test.Store.EnqueueAsync(new PointBatch("run-1", "c", 1, crowd), after: null, Cancel);
        var next = await test.Store.EnqueueAsync(new PointBatch("run-1", "c", 2, [crowd[0]]), refused, Cancel);
        var other = await test.Store.EnqueueAsync(new PointBatch("run-1", "d", 1, [crowd[1]]), after: null, Cancel);
        (await Should.ThrowAsync<MetricsConflictException>(refused)).Reason.ShouldBe("TOO_MANY_METRICS");
        await Should.ThrowAsync<MetricsConflictException>(next);
        (await other).ShouldBeTrue();
        (await test.RunAsync()).Metrics.ShouldHaveSingleItem().Metric.ShouldBe("m1");

        // Sent again, neither counts as a replay.
        (await test.Store.AppendAsync(new PointBatch("run-1", "c", 1, [crowd[2]]), Cancel)).ShouldBeTrue();
        (await test.Store.AppendAsync(new PointBatch("run-1", "c", 2, [crowd[0]]), Cancel)).ShouldBeTrue();
    }

    [Theory, BothStores]
    public async Task Many_clients_write_while_others_read(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        var writers = Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            for (var sequence = 1; sequence <= 10; sequence++)
            {
                var point = test.Point($"m{client}", sequence, sequence);
                await test.Store.AppendAsync(new PointBatch("run-1", $"client-{client}", sequence, [point]), Cancel);
                (await test.PointsAsync($"m{client}")).Count.ShouldBe(sequence);
            }
        }));
        await Task.WhenAll(writers);
        (await test.RunAsync()).Metrics.Select(metric => metric.Points).ShouldBe([10, 10, 10, 10]);
    }

    [Theory, BothStores]
    public async Task Any_order_and_size_of_batches_comes_to_what_a_dictionary_holds(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        var random = new PlainRandom(20260304);
        var expected = new Dictionary<string, SortedDictionary<long, StoredPoint>>(StringComparer.Ordinal);
        for (var sequence = 1; sequence <= 300; sequence++)
        {
            var batch = RandomBatch(test, random, sequence);
            (await test.AppendAsync(sequence, batch)).ShouldBeTrue();
            foreach (var point in batch)
            {
                if (!expected.TryGetValue(point.Metric, out var series))
                    expected.Add(point.Metric, series = []);
                series[point.Step] = point;
            }
        }

        await test.ReopenAsync();
        var summaries = (await test.RunAsync()).Metrics.ToDictionary(metric => metric.Metric, StringComparer.Ordinal);
        foreach (var (metric, series) in expected)
        {
            (await test.PointsAsync(metric)).ShouldBe(series.Values);
            summaries[metric].ShouldBe(PlainSummary(metric, series));
            var range = new StepRange(series.Count / 3, series.Count);
            (await test.PointsAsync(metric, 0, range)).ShouldBe(series.Values.Where(point => point.Step >= range.First && point.Step <= range.Last));
            foreach (var max in new[] { 1, 2, 3, 4, 17, 100, 1_000 })
                (await test.PointsAsync(metric, max, range)).ShouldBe(PlainThinning.Apply([.. series.Values.Where(point => point.Step >= range.First && point.Step <= range.Last)], max));
        }
    }

    /// <summary>In order, backwards, one by one, in bulk and anywhere, with NaN and equal values among them.</summary>
    private static List<StoredPoint> RandomBatch(TestStore test, PlainRandom random, int sequence)
    {
        double Value() => random.Next(8) == 0 ? double.NaN : random.Next(50);
        var points = new List<StoredPoint> { test.Point("forward", sequence, Value()), test.Point("backward", 1_000 - sequence, Value()) };
        if (random.Next(10) == 0)
            points.AddRange(Enumerable.Range(0, 700).Select(i => test.Point("bulk", (sequence * 50) + i, Value())));
        points.AddRange(Enumerable.Range(0, random.Next(20)).Select(_ => test.Point("anywhere", random.Next(6_000), Value())));
        points.AddRange(Enumerable.Range(0, random.Next(3)).Select(_ => test.Point("dense", random.Next(200), Value())));
        return points;
    }

    private static StoredSummary PlainSummary(string metric, SortedDictionary<long, StoredPoint> series)
    {
        var numbers = series.Values.Where(point => !double.IsNaN(point.Value)).ToList();
        var low = numbers.MinBy(point => point.Value);
        var high = numbers.MaxBy(point => point.Value);
        return Summary(metric, series.Count, series.Values.Last().Value, series.Keys.Last(), low.Value, low.Step, high.Value, high.Step);
    }

    private static StoredSummary Summary(
        string metric, long points, double last, long lastStep, double minimum, long minimumStep, double maximum, long maximumStep) => new()
        {
            Metric = metric,
            Points = points,
            Last = last,
            LastStep = lastStep,
            Minimum = minimum,
            MinimumStep = minimumStep,
            Maximum = maximum,
            MaximumStep = maximumStep,
        };
}
