using System.Buffers;
using System.Buffers.Binary;
using System.Data.Common;
using System.Runtime.InteropServices;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Points of one metric in ascending order of their steps, packed by column: the number of points (32 bits), their values
/// (64-bit floats, every bit kept), then steps, epochs and times as differences. All little-endian.
/// </summary>
internal sealed class PointBlock
{
    /// <summary>Points that a block holds at most.</summary>
    public const int MaxPoints = 1024;

    /// <summary>A block of fewer points than this is small: it is put together with its neighbours in time.</summary>
    public const int SmallPoints = MaxPoints / 2;

    private const int CountBytes = sizeof(int);

    // A block as training makes them: 8 bytes a value, 4 a time.
    private const int FirstBuffer = 16 * 1024;

    private readonly string _metric;
    private byte[] _data;
    private long[] _steps = [];
    private long[] _epochs = [];
    private long[] _times = [];
    private int _length;
    private bool _isUnpacked;

    /// <exception cref="MetricsDatabaseException">The bytes are not a block.</exception>
    public PointBlock(string metric, byte[] data)
    {
        _metric = metric;
        _data = data;
        Begin(data.Length);
    }

    /// <summary>A block without points, to load others into one after the other without allocating for each.</summary>
    public PointBlock(string metric)
        : this(metric, new byte[CountBytes])
    {
    }

    /// <summary>Number of points.</summary>
    public int Count { get; private set; }

    /// <summary>Their values.</summary>
    public ReadOnlySpan<double> Values =>
        MemoryMarshal.Cast<byte, double>(_data.AsSpan(CountBytes, Count * sizeof(double)));

    /// <summary>Their steps, ascending.</summary>
    public ReadOnlySpan<long> Steps
    {
        get
        {
            Unpack();
            return _steps.AsSpan(0, Count);
        }
    }

    /// <summary>Point number <paramref name="index"/>.</summary>
    public StoredPoint this[int index]
    {
        get
        {
            Unpack();
            return new StoredPoint(_metric, _steps[index], (int)_epochs[index], Ticks.ToTime(_times[index]), Values[index]);
        }
    }

    /// <summary>Packs points, which are in ascending order of their steps.</summary>
    public static byte[] Pack(ReadOnlySpan<StoredPoint> points)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(points.Length, MaxPoints);
        var writer = new ArrayBufferWriter<byte>(CountBytes + (points.Length * 16) + 16);
        BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(CountBytes), points.Length);
        writer.Advance(CountBytes);
        foreach (var point in points)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(writer.GetSpan(sizeof(double)), point.Value);
            writer.Advance(sizeof(double));
        }

        var column = new long[points.Length];
        for (var i = 0; i < column.Length; i++)
            column[i] = points[i].Step;
        PackedColumn.WriteRuns(writer, column);
        for (var i = 0; i < column.Length; i++)
            column[i] = points[i].Epoch;
        PackedColumn.WriteRuns(writer, column);
        for (var i = 0; i < column.Length; i++)
            column[i] = Ticks.Of(points[i].Time);
        PackedColumn.Write(writer, column);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// The points by which a whole block can be judged: the first with the smallest value and the first with the largest, in
    /// the order of their steps; where all are NaN, the first.
    /// </summary>
    public static StoredPoint[] Extremes(ReadOnlySpan<StoredPoint> points)
    {
        var (low, high) = (-1, -1);
        for (var i = 0; i < points.Length; i++)
        {
            if (double.IsNaN(points[i].Value))
                continue;
            if (low < 0 || points[i].Value < points[low].Value)
                low = i;
            if (high < 0 || points[i].Value > points[high].Value)
                high = i;
        }

        return (low, high) switch
        {
            (< 0, _) => [points[0]],
            _ when low == high => [points[low]],
            _ => [points[Math.Min(low, high)], points[Math.Max(low, high)]],
        };
    }

    /// <summary>Takes a block from a column in the place of the one that was here.</summary>
    /// <exception cref="MetricsDatabaseException">The bytes are not a block.</exception>
    public void Load(DbDataReader reader, int column)
    {
        // Asking for the size of a blob would read it whole; a block that fills the buffer may go on behind it.
        while (true)
        {
            var length = (int)reader.GetBytes(column, 0, _data, 0, _data.Length);
            if (length < _data.Length)
            {
                Begin(length);
                return;
            }

            _data = new byte[Math.Max(FirstBuffer, _data.Length * 2)];
        }
    }

    /// <summary>All points.</summary>
    public StoredPoint[] ToArray()
    {
        var points = new StoredPoint[Count];
        for (var i = 0; i < points.Length; i++)
            points[i] = this[i];
        return points;
    }

    private void Begin(int length)
    {
        _length = length;
        _isUnpacked = false;
        Count = length >= CountBytes ? BinaryPrimitives.ReadInt32LittleEndian(_data) : -1;
        if (Count < 0 || Count > MaxPoints || length < CountBytes + (Count * sizeof(double)))
            throw Damaged(null);
    }

    private void Unpack()
    {
        if (_isUnpacked)
            return;
        if (_steps.Length < Count)
            (_steps, _epochs, _times) = (new long[Count], new long[Count], new long[Count]);
        try
        {
            ReadOnlySpan<byte> rest = _data.AsSpan(0, _length)[(CountBytes + (Count * sizeof(double)))..];
            PackedColumn.ReadRuns(ref rest, _steps.AsSpan(0, Count));
            PackedColumn.ReadRuns(ref rest, _epochs.AsSpan(0, Count));
            PackedColumn.Read(ref rest, _times.AsSpan(0, Count));
            _isUnpacked = true;
        }
        catch (Exception error) when (error is IndexOutOfRangeException or ArgumentException)
        {
            throw Damaged(error);
        }
    }

    private MetricsDatabaseException Damaged(Exception? error) => new(
        $"A block of points of the metric '{_metric}' is damaged. Export the run's other metrics, and put a copy of the database in its place.",
        error);
}
