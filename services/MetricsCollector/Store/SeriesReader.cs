using System.Data.Common;
using System.Runtime.InteropServices;

namespace Maskwright.MetricsCollector;

/// <summary>Steps of which points are wanted, both ends included.</summary>
/// <param name="First">From 0.</param>
/// <param name="Last">At most <see cref="long.MaxValue"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StepRange(long First, long Last)
{
    /// <summary>Every step.</summary>
    public static StepRange All { get; } = new(0, long.MaxValue);
}

/// <summary>Reads series: first the heads of their blocks, then of the blocks only those that are needed.</summary>
internal sealed class SeriesReader(DbConnection connection) : IAsyncDisposable
{
    private readonly Statement _heads = new(
        connection,
        """
        SELECT first_step, last_step, points, extremes FROM blocks
        WHERE series = @series AND first_step <= @last AND last_step >= @first AND first_step >=
            coalesce((SELECT max(first_step) FROM blocks WHERE series = @series AND first_step <= @first), 0)
        ORDER BY first_step
        """,
        "series", "first", "last");

    private readonly Statement _data = new(
        connection,
        "SELECT data FROM blocks WHERE series = @series AND first_step BETWEEN @first AND @last ORDER BY first_step",
        "series", "first", "last");

    /// <summary>Finds what of a series lies within a range.</summary>
    public async Task<SeriesParts> FindAsync(long series, string name, StepRange range)
    {
        var parts = new List<BlockPart>();
        await using (var reader = await _heads.ReadAsync(series, range.First, range.Last))
        {
            while (await reader.ReadAsync())
            {
                parts.Add(new BlockPart(
                    reader.GetInt64(0), reader.GetInt64(1), 0, (int)reader.GetInt64(2), new PointBlock(name, reader.GetFieldValue<byte[]>(3))));
            }
        }

        // Only the outermost blocks can reach beyond the range.
        for (var i = 0; i < parts.Count; i += Math.Max(1, parts.Count - 1))
        {
            if (parts[i].FirstStep < range.First || parts[i].LastStep > range.Last)
                parts[i] = await CutAsync(series, name, parts[i], range);
        }

        parts.RemoveAll(part => part.Points == 0);
        return new SeriesParts(series, name, parts);
    }

    /// <summary>Reads the points of a series, thinned to <paramref name="maxPoints"/>; 0 means all.</summary>
    public async Task<List<StoredPoint>> ReadAsync(SeriesParts series, int maxPoints)
    {
        var thinning = new Thinning(series.Points, maxPoints);
        var block = new PointBlock(series.Name);
        var whole = new bool[series.Parts.Count];
        var start = 0L;
        for (var i = 0; i < whole.Length; i++)
        {
            var part = series.Parts[i];
            whole[i] = !part.IsCut && thinning.IsWithinOneBucket(start, part.Points);
            start += part.Points;
        }

        for (var i = 0; i < whole.Length;)
        {
            if (whole[i])
            {
                thinning.AddWithinOneBucket(series.Parts[i].Extremes, series.Parts[i].Points);
                i++;
                continue;
            }

            var end = i;
            while (end + 1 < whole.Length && !whole[end + 1])
                end++;
            await using var reader = await _data.ReadAsync(series.Number, series.Parts[i].FirstStep, series.Parts[end].FirstStep);
            for (; i <= end && await reader.ReadAsync(); i++)
            {
                block.Load(reader, 0);
                thinning.Add(block, series.Parts[i].Start, series.Parts[i].Points);
            }
        }

        return thinning.Finish();
    }

    public async ValueTask DisposeAsync()
    {
        await _heads.DisposeAsync();
        await _data.DisposeAsync();
    }

    private async Task<BlockPart> CutAsync(long series, string name, BlockPart part, StepRange range)
    {
        await using var reader = await _data.ReadAsync(series, part.FirstStep, part.FirstStep);
        await reader.ReadAsync();
        var steps = new PointBlock(name, reader.GetFieldValue<byte[]>(0)).Steps;
        var start = 0;
        while (start < steps.Length && steps[start] < range.First)
            start++;
        var end = steps.Length;
        while (end > start && steps[end - 1] > range.Last)
            end--;
        return part with { Start = start, Points = end - start, IsCut = true };
    }
}

/// <summary>What of a series lies within a range.</summary>
/// <param name="Number">Number of the series.</param>
/// <param name="Name">Name of the metric.</param>
/// <param name="Parts">Its blocks, in the order of their steps.</param>
internal sealed record SeriesParts(long Number, string Name, IReadOnlyList<BlockPart> Parts)
{
    /// <summary>Points within the range.</summary>
    public long Points { get; } = Parts.Sum(part => (long)part.Points);
}

/// <summary>A block, or what of it lies within a range.</summary>
/// <param name="FirstStep">First step of the block.</param>
/// <param name="LastStep">Last step of the block.</param>
/// <param name="Start">First point within the range.</param>
/// <param name="Points">Points within the range.</param>
/// <param name="Extremes">Extremes of the whole block.</param>
internal sealed record BlockPart(long FirstStep, long LastStep, int Start, int Points, PointBlock Extremes)
{
    /// <summary>Whether it is not the whole block.</summary>
    public bool IsCut { get; init; }
}
