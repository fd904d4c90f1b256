using System.Data.Common;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Writes points into the blocks of their series, inside the caller's transaction. The blocks of a series never overlap:
/// points beyond the last step, or in a gap, become blocks of their own, and points within a block are merged into it. Small
/// blocks are put together once there are <see cref="MergeAfter"/> of them, so that points that come one at a time cost a few
/// rewrites each, not a thousand.
/// </summary>
internal sealed class SeriesWriter(DbConnection connection) : IAsyncDisposable
{
    private const int MergeAfter = 64;

    private readonly Statement _find = new(
        connection,
        "SELECT number, points, last_step, last, minimum, minimum_step, maximum, maximum_step, small_blocks "
        + "FROM series WHERE run = @run AND name = @name",
        "run", "name");

    private readonly Statement _add = new(
        connection,
        "INSERT INTO series (run, name, points, last_step, minimum_step, maximum_step, small_blocks) "
        + "VALUES (@run, @name, 0, -1, 0, 0, 0) RETURNING number",
        "run", "name");

    private readonly Statement _update = new(
        connection,
        "UPDATE series SET points = @points, last_step = @last_step, last = @last, minimum = @minimum, minimum_step = @minimum_step, "
        + "maximum = @maximum, maximum_step = @maximum_step, small_blocks = @small_blocks WHERE number = @number",
        "points", "last_step", "last", "minimum", "minimum_step", "maximum", "maximum_step", "small_blocks", "number");

    private readonly Statement _insert = new(
        connection,
        "INSERT INTO blocks (series, first_step, last_step, points, extremes, data) VALUES (@series, @first_step, @last_step, @points, @extremes, @data)",
        "series", "first_step", "last_step", "points", "extremes", "data");

    private readonly Statement _delete = new(
        connection, "DELETE FROM blocks WHERE series = @series AND first_step BETWEEN @first AND @last", "series", "first", "last");

    private readonly Statement _blockUpTo = new(
        connection,
        "SELECT first_step, last_step, data FROM blocks WHERE series = @series AND first_step <= @step ORDER BY first_step DESC LIMIT 1",
        "series", "step");

    private readonly Statement _nextBlock = new(
        connection, "SELECT min(first_step) FROM blocks WHERE series = @series AND first_step > @step", "series", "step");

    private readonly Statement _smallRange = new(
        connection,
        $"SELECT min(first_step), max(first_step) FROM blocks WHERE series = @series AND points < {PointBlock.SmallPoints}",
        "series");

    private readonly Statement _sizes = new(
        connection,
        "SELECT first_step, points FROM blocks WHERE series = @series AND first_step BETWEEN @first AND @last ORDER BY first_step",
        "series", "first", "last");

    private readonly Statement _data = new(
        connection,
        "SELECT data FROM blocks WHERE series = @series AND first_step BETWEEN @first AND @last ORDER BY first_step",
        "series", "first", "last");

    private readonly Statement _extremes = new(connection, "SELECT points, extremes FROM blocks WHERE series = @series", "series");

    /// <summary>A series as it is, or null when the run has none of that name.</summary>
    public async Task<SeriesState?> FindAsync(long run, string name)
    {
        await using var reader = await _find.ReadAsync(run, name);
        if (!await reader.ReadAsync())
            return null;
        return new SeriesState(run, name)
        {
            Number = reader.GetInt64(0),
            Points = reader.GetInt64(1),
            LastStep = reader.GetInt64(2),
            Last = reader.Real(3),
            Minimum = reader.Real(4),
            MinimumStep = reader.GetInt64(5),
            Maximum = reader.Real(6),
            MaximumStep = reader.GetInt64(7),
            SmallBlocks = reader.GetInt64(8),
        };
    }

    /// <summary>Writes points of a series, which is added when it is not there yet.</summary>
    /// <param name="series">The series as it is; brought up to date.</param>
    /// <param name="points">In ascending order of their steps, one a step, at least one.</param>
    public async Task WriteAsync(SeriesState series, ReadOnlyMemory<StoredPoint> points)
    {
        if (series.Number == 0)
            series.Number = (long)(await _add.ScalarAsync(series.Run, series.Name))!;
        if (points.Span[0].Step > series.LastStep)
            await AppendAsync(series, points);
        else if (await MergeInAsync(series, points))
            await RecountAsync(series, points.Span[^1]);
        if (series.SmallBlocks >= MergeAfter)
            await PutTogetherAsync(series);
        await _update.RunAsync(
            series.Points, series.LastStep, Statement.Real(series.Last), Statement.Real(series.Minimum), series.MinimumStep,
            Statement.Real(series.Maximum), series.MaximumStep, series.SmallBlocks, series.Number);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var statement in new[] { _find, _add, _update, _insert, _delete, _blockUpTo, _nextBlock, _smallRange, _sizes, _data, _extremes })
            await statement.DisposeAsync();
    }

    private async Task AppendAsync(SeriesState series, ReadOnlyMemory<StoredPoint> points)
    {
        foreach (var point in points.Span)
            series.Add(point);
        await InsertAsync(series, points);
    }

    /// <summary>Inserts points into blocks of their own; no block may lie between them.</summary>
    private async Task InsertAsync(SeriesState series, ReadOnlyMemory<StoredPoint> points)
    {
        for (var start = 0; start < points.Length; start += PointBlock.MaxPoints)
        {
            var part = points.Slice(start, Math.Min(PointBlock.MaxPoints, points.Length - start));
            await _insert.RunAsync(
                series.Number, part.Span[0].Step, part.Span[^1].Step, (long)part.Length,
                PointBlock.Pack(PointBlock.Extremes(part.Span)), PointBlock.Pack(part.Span));
            if (part.Length < PointBlock.SmallPoints)
                series.SmallBlocks++;
        }
    }

    /// <summary>Writes points of which some lie at or before the last step, block by block.</summary>
    /// <returns>Whether a point was replaced, so that the figures have to be counted again.</returns>
    private async Task<bool> MergeInAsync(SeriesState series, ReadOnlyMemory<StoredPoint> points)
    {
        var replaced = false;
        while (points.Length > 0)
        {
            var step = points.Span[0].Step;
            if (step > series.LastStep)
            {
                await AppendAsync(series, points);
                break;
            }

            var (first, last, block) = await FindBlockAsync(series, step);
            if (block is not null && last >= step)
            {
                var inside = CountUpTo(points.Span, last);
                var merged = Merge(block.ToArray(), points.Span[..inside]);
                var added = merged.Length - block.Count;
                replaced |= added < inside;
                await _delete.RunAsync(series.Number, first, first);
                await InsertAsync(series, merged);
                foreach (var point in points.Span[..inside])
                    series.AddExtreme(point);
                series.Points += added;
                points = points[inside..];
            }
            else
            {
                var next = (long)(await _nextBlock.ScalarAsync(series.Number, step))!;
                var inside = CountUpTo(points.Span, next - 1);
                await AppendAsync(series, points[..inside]);
                points = points[inside..];
            }
        }

        return replaced;
    }

    private async Task<(long First, long Last, PointBlock? Block)> FindBlockAsync(SeriesState series, long step)
    {
        await using var reader = await _blockUpTo.ReadAsync(series.Number, step);
        return await reader.ReadAsync()
            ? (reader.GetInt64(0), reader.GetInt64(1), new PointBlock(series.Name, reader.GetFieldValue<byte[]>(2)))
            : default;
    }

    private static int CountUpTo(ReadOnlySpan<StoredPoint> points, long step)
    {
        var count = 0;
        while (count < points.Length && points[count].Step <= step)
            count++;
        return count;
    }

    /// <summary>Both in the order of their steps; where both have a step, the newer point stays.</summary>
    private static StoredPoint[] Merge(ReadOnlySpan<StoredPoint> older, ReadOnlySpan<StoredPoint> newer)
    {
        var merged = new List<StoredPoint>(older.Length + newer.Length);
        var (o, n) = (0, 0);
        while (o < older.Length || n < newer.Length)
        {
            if (n == newer.Length || (o < older.Length && older[o].Step < newer[n].Step))
            {
                merged.Add(older[o++]);
                continue;
            }

            if (o < older.Length && older[o].Step == newer[n].Step)
                o++;
            merged.Add(newer[n++]);
        }

        return [.. merged];
    }

    private async Task RecountAsync(SeriesState series, StoredPoint newest)
    {
        var (lastStep, last) = (series.LastStep, series.Last);
        series.Clear();
        await using (var reader = await _extremes.ReadAsync(series.Number))
        {
            while (await reader.ReadAsync())
            {
                series.Points += reader.GetInt64(0);
                var extremes = new PointBlock(series.Name, reader.GetFieldValue<byte[]>(1));
                for (var i = 0; i < extremes.Count; i++)
                    series.AddExtreme(extremes[i]);
            }
        }

        (series.LastStep, series.Last) = newest.Step == lastStep ? (lastStep, newest.Value) : (lastStep, last);
    }

    /// <summary>Puts neighbouring small blocks together.</summary>
    private async Task PutTogetherAsync(SeriesState series)
    {
        series.SmallBlocks = 0;
        long first, last;
        await using (var reader = await _smallRange.ReadAsync(series.Number))
        {
            if (!await reader.ReadAsync() || await reader.IsDBNullAsync(0))
                return;
            (first, last) = (reader.GetInt64(0), reader.GetInt64(1));
        }

        var groups = new List<(long First, long Last, int Blocks)>();
        await using (var reader = await _sizes.ReadAsync(series.Number, first, last))
        {
            var open = false;
            while (await reader.ReadAsync())
            {
                var (step, small) = (reader.GetInt64(0), reader.GetInt64(1) < PointBlock.SmallPoints);
                if (small && open)
                    groups[^1] = (groups[^1].First, step, groups[^1].Blocks + 1);
                else if (small)
                    groups.Add((step, step, 1));
                open = small;
            }
        }

        foreach (var group in groups.Where(group => group.Blocks > 1))
        {
            var points = new List<StoredPoint>();
            await using (var reader = await _data.ReadAsync(series.Number, group.First, group.Last))
            {
                while (await reader.ReadAsync())
                    points.AddRange(new PointBlock(series.Name, reader.GetFieldValue<byte[]>(0)).ToArray());
            }

            await _delete.RunAsync(series.Number, group.First, group.Last);
            await InsertAsync(series, points.ToArray());
        }
    }
}
