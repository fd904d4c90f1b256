using System.Numerics;
using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>Keeps some class indices of an image and makes the others 255, which no class has; any index or 255 gives 255.</summary>
internal static class PixelSelection
{
    /// <summary>Indices where the truth is not ignored.</summary>
    public static void KeepValid(ReadOnlySpan<byte> indices, ReadOnlySpan<byte> truth, Span<byte> target)
    {
        var ignore = new Vector<byte>(IndexMask.Ignore);
        var i = 0;
        for (; i <= target.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(indices[i..]) | Vector.Equals(new Vector<byte>(truth[i..]), ignore)).CopyTo(target[i..]);
        for (; i < target.Length; i++)
            target[i] = truth[i] == IndexMask.Ignore ? IndexMask.Ignore : indices[i];
    }

    /// <summary>Indices where a mark is not 0.</summary>
    public static void KeepMarked(ReadOnlySpan<byte> indices, ReadOnlySpan<byte> marks, Span<byte> target)
    {
        var i = 0;
        for (; i <= target.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(indices[i..]) | Vector.Equals(new Vector<byte>(marks[i..]), Vector<byte>.Zero)).CopyTo(target[i..]);
        for (; i < target.Length; i++)
            target[i] = marks[i] == 0 ? IndexMask.Ignore : indices[i];
    }

    /// <summary>Indices where two images have the same.</summary>
    public static void KeepEqual(ReadOnlySpan<byte> indices, ReadOnlySpan<byte> others, Span<byte> target)
    {
        var i = 0;
        for (; i <= target.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var own = new Vector<byte>(indices[i..]);
            (own | ~Vector.Equals(own, new Vector<byte>(others[i..]))).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
            target[i] = indices[i] == others[i] ? indices[i] : IndexMask.Ignore;
    }
}
