using System.Globalization;

namespace Maskwright.ObjectStore;

/// <summary>A part of an object that a Range header asks for.</summary>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">How many bytes.</param>
internal sealed record ByteRange(long Offset, long Length)
{
    /// <summary>Reads a Range header for an object of this size.</summary>
    /// <returns>Null when there is no header or it is not understood, for the whole object (RFC 9110, 14.2).</returns>
    /// <exception cref="S3Exception">The range lies beyond the object.</exception>
    internal static ByteRange? Parse(string? header, long size)
    {
        const string Unit = "bytes=";
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase) || header.Contains(',', StringComparison.Ordinal))
            return null;
        var parts = header[Unit.Length..].Split('-');
        if (parts.Length != 2)
            return null;
        var hasFirst = TryNumber(parts[0], out var first);
        var hasLast = TryNumber(parts[1], out var last);
        if (parts[0].Length == 0 && hasLast)
        {
            var count = Math.Min(last, size);
            return count > 0 ? new ByteRange(size - count, count) : throw Beyond(size);
        }

        if (!hasFirst || (parts[1].Length > 0 && (!hasLast || last < first)))
            return null;
        if (first >= size)
            throw Beyond(size);
        return new ByteRange(first, (parts[1].Length == 0 ? size - 1 : Math.Min(last, size - 1)) - first + 1);
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static S3Exception Beyond(long size) =>
        new(StatusCodes.Status416RangeNotSatisfiable, "InvalidRange", $"The range lies beyond the object's {size} bytes.");
}
