namespace Maskwright.Imaging;

/// <summary>Polygons of plain numbers taken straight from the bytes: a file of annotations is little else.</summary>
internal sealed class PolygonText
{
    private readonly List<int> _ends = [];
    private double[] _coordinates = new double[256];
    private int _count;

    /// <summary>Takes a list of polygons.</summary>
    /// <param name="bytes">JSON.</param>
    /// <param name="at">Where the list begins, white space before it; then behind it.</param>
    /// <returns>False when it is not a list of valid polygons of plain numbers; it may be one for a general reader, which knows what is wrong.</returns>
    public bool TryRead(ReadOnlySpan<byte> bytes, ref int at)
    {
        var i = at;
        _ends.Clear();
        _count = 0;
        if (!JsonBytes.TryTake(bytes, ref i, (byte)'['))
        {
            return false;
        }

        do
        {
            if (!TryPart(bytes, ref i))
            {
                return false;
            }
        }
        while (JsonBytes.TryTake(bytes, ref i, (byte)','));

        if (!JsonBytes.TryTake(bytes, ref i, (byte)']'))
        {
            return false;
        }

        at = i;
        return true;
    }

    /// <summary>The polygons that were read last.</summary>
    public CocoSegmentation.Polygons ToPolygons()
    {
        var parts = new double[_ends.Count][];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = _coordinates[(i == 0 ? 0 : _ends[i - 1]).._ends[i]];
        }

        return new CocoSegmentation.Polygons(parts);
    }

    private bool TryPart(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (!JsonBytes.TryTake(bytes, ref at, (byte)'['))
        {
            return false;
        }

        var start = _count;
        do
        {
            if (_count == _coordinates.Length)
            {
                Array.Resize(ref _coordinates, _count * 2);
            }

            if (!JsonBytes.TryNumber(bytes, ref at, out _coordinates[_count]))
            {
                return false;
            }

            _count++;
        }
        while (JsonBytes.TryTake(bytes, ref at, (byte)','));

        _ends.Add(_count);
        return JsonBytes.TryTake(bytes, ref at, (byte)']') && IsPolygon(_coordinates.AsSpan(start.._count));
    }

    private static bool IsPolygon(ReadOnlySpan<double> coordinates)
    {
        try
        {
            PolygonRaster.Check(coordinates);
            return true;
        }
        catch (FormatException)
        {
            // The general reader meets the same polygon and tells what is wrong, and where.
            return false;
        }
    }
}
