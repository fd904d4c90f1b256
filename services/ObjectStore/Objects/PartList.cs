namespace Maskwright.ObjectStore;

/// <summary>The parts an object's content lies in.</summary>
/// <param name="Folder">The id of their upload.</param>
/// <param name="Numbers">Their numbers, ascending.</param>
/// <param name="Sizes">Their sizes in bytes, one a number.</param>
internal sealed record PartList(string Folder, IReadOnlyList<int> Numbers, IReadOnlyList<long> Sizes)
{
    /// <summary>The part that holds a byte, and the offset of its own first byte; null beyond the end.</summary>
    internal (int Index, long Start)? IndexOf(long offset)
    {
        var start = 0L;
        for (var i = 0; i < Sizes.Count; i++)
        {
            if (offset < start + Sizes[i])
                return (i, start);
            start += Sizes[i];
        }

        return null;
    }

    /// <summary>The content of one part within the object; null when there is no such part.</summary>
    internal ByteRange? RangeOf(int number)
    {
        var start = 0L;
        for (var i = 0; i < Sizes.Count; i++)
        {
            if (Numbers[i] == number)
                return new ByteRange(start, Sizes[i]);
            start += Sizes[i];
        }

        return null;
    }
}
