using System.Buffers.Binary;

namespace Maskwright.MetricsCollector.Pages.Run.Charts;

/// <summary>
/// Series as the charts' scripts read them without parsing: of each the number of its points, then their steps, epochs, times
/// (milliseconds since 1970) and values, column by column, all of them little-endian doubles.
/// </summary>
internal static class SeriesBytes
{
    private const int Columns = 4;

    public static byte[] Of(IEnumerable<IReadOnlyList<StoredPoint>> series)
    {
        var all = series.ToList();
        var bytes = new byte[sizeof(double) * all.Sum(points => 1 + (Columns * points.Count))];
        var rest = bytes.AsSpan();
        foreach (var points in all)
        {
            Write(ref rest, points.Count);
            foreach (var point in points)
                Write(ref rest, point.Step);
            foreach (var point in points)
                Write(ref rest, point.Epoch);
            foreach (var point in points)
                Write(ref rest, (point.Time - DateTimeOffset.UnixEpoch).TotalMilliseconds);
            foreach (var point in points)
                Write(ref rest, point.Value);
        }

        return bytes;
    }

    private static void Write(ref Span<byte> rest, double number)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(rest, number);
        rest = rest[sizeof(double)..];
    }
}
