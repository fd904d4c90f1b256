using System.Buffers;
using System.Text;

namespace Maskwright.Imaging;

/// <summary>
/// An annotation of polygons and plain numbers, taken straight from its bytes: faster than token by token, and equal to
/// <see cref="CocoElements.Annotation"/>: what is written in any other way is left to that one.
/// </summary>
/// <param name="defersOutlines">Whether outlines are passed over unread.</param>
internal sealed class CocoAnnotationText(bool defersOutlines)
{
    private static readonly SearchValues<byte> Outline = SearchValues.Create("0123456789.,-[] \n\r\t"u8);

    private readonly PolygonText _polygons = new();

    /// <summary>Takes an annotation.</summary>
    /// <param name="bytes">The whole object.</param>
    /// <param name="annotation">What it says.</param>
    /// <returns>False when it is written in a way that this class does not read; it may be right or wrong.</returns>
    public bool TryRead(ReadOnlySpan<byte> bytes, out CocoAnnotationElement annotation)
    {
        annotation = default;
        long id = 0, imageId = 0, categoryId = 0, crowd = 0;
        var area = 0.0;
        var seen = Members.None;
        var segmentation = default(Range);
        var at = 0;
        if (!JsonBytes.TryTake(bytes, ref at, (byte)'{'))
        {
            return false;
        }

        do
        {
            if (!TryName(bytes, ref at, out var name))
            {
                return false;
            }

            var taken = false;
            if (name.SequenceEqual("segmentation"u8))
            {
                var start = JsonBytes.SkipSpace(bytes, at);
                taken = defersOutlines ? TryPass(bytes, ref at) : _polygons.TryRead(bytes, ref at);
                segmentation = start..at;
                seen |= Members.Segmentation;
            }
            else if (name.SequenceEqual("area"u8))
            {
                taken = JsonBytes.TryNumber(bytes, ref at, out area) && area >= 0;
            }
            else if (name.SequenceEqual("iscrowd"u8))
            {
                taken = JsonBytes.TryInteger(bytes, ref at, out crowd) && crowd is 0 or 1;
            }
            else if (name.SequenceEqual("image_id"u8))
            {
                taken = JsonBytes.TryInteger(bytes, ref at, out imageId);
                seen |= Members.Image;
            }
            else if (name.SequenceEqual("category_id"u8))
            {
                taken = JsonBytes.TryInteger(bytes, ref at, out categoryId) && categoryId is >= int.MinValue and <= int.MaxValue;
                seen |= Members.Category;
            }
            else if (name.SequenceEqual("id"u8))
            {
                taken = JsonBytes.TryInteger(bytes, ref at, out id);
                seen |= Members.Id;
            }
            else
            {
                taken = TrySkip(bytes, ref at);
            }

            if (!taken)
            {
                return false;
            }
        }
        while (JsonBytes.TryTake(bytes, ref at, (byte)','));

        if (seen != Members.All || !JsonBytes.TryTake(bytes, ref at, (byte)'}') || at != bytes.Length)
        {
            return false;
        }

        annotation = new CocoAnnotationElement
        {
            Id = id,
            ImageId = imageId,
            CategoryId = (int)categoryId,
            IsCrowd = crowd == 1,
            Area = area,
            Segmentation = bytes[segmentation],
        };
        return true;
    }

    // Up to the last bracket of what may be an outline; the members behind it show whether that was its end.
    private static bool TryPass(ReadOnlySpan<byte> bytes, ref int at)
    {
        at = JsonBytes.SkipSpace(bytes, at);
        if (at == bytes.Length || bytes[at] != (byte)'[')
        {
            return false;
        }

        var length = bytes[at..].IndexOfAnyExcept(Outline);
        var end = length < 0 ? 0 : bytes.Slice(at, length).LastIndexOf((byte)']') + 1;
        at += end;
        return end > 0;
    }

    // A name without escapes, and the colon behind it.
    private static bool TryName(ReadOnlySpan<byte> bytes, ref int at, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!JsonBytes.TryTake(bytes, ref at, (byte)'"'))
        {
            return false;
        }

        var length = bytes[at..].IndexOfAny((byte)'"', (byte)'\\');
        if (length < 0 || bytes[at + length] != (byte)'"')
        {
            return false;
        }

        name = bytes.Slice(at, length);
        at += length + 1;
        return Ascii.IsValid(name) && JsonBytes.TryTake(bytes, ref at, (byte)':');
    }

    // A number, or a list of numbers such as bbox.
    private static bool TrySkip(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (!JsonBytes.TryTake(bytes, ref at, (byte)'['))
        {
            return JsonBytes.TryNumber(bytes, ref at, out _);
        }

        do
        {
            if (!JsonBytes.TryNumber(bytes, ref at, out _))
            {
                return false;
            }
        }
        while (JsonBytes.TryTake(bytes, ref at, (byte)','));

        return JsonBytes.TryTake(bytes, ref at, (byte)']');
    }

    [Flags]
    private enum Members
    {
        None = 0,
        Id = 1,
        Image = 2,
        Category = 4,
        Segmentation = 8,
        All = Id | Image | Category | Segmentation,
    }
}
