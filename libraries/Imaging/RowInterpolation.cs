using System.Numerics;
using System.Runtime.InteropServices;

namespace Maskwright.Imaging;

/// <summary>Rows of scores at another size, bilinear by pixel centres (PyTorch's <c>align_corners=False</c>).</summary>
/// <remarks>Rows are widened once and then blended; asking for them in their order widens each only once. Not thread-safe.</remarks>
internal sealed class RowInterpolation(ScoreGrid scores, int width, int height)
{
    private readonly Tap[] _columns = [.. Enumerable.Range(0, width).Select(x => Tap.At(x, width, scores.Width))];
    private Widened _upper = new(-1, new float[scores.Classes * width]);
    private Widened _lower = new(-1, new float[scores.Classes * width]);

    /// <summary>Writes one row of every class.</summary>
    /// <param name="y">The row.</param>
    /// <param name="target">Shape [C, width].</param>
    public void Interpolate(int y, Span<float> target)
    {
        var tap = Tap.At(y, height, scores.Height);
        if (_lower.Row == tap.First)
            (_upper, _lower) = (_lower, _upper);
        _upper = Widen(tap.First, _upper);
        _lower = Widen(tap.Second, _lower);
        Blend(_upper.Values, _lower.Values, tap.Fraction, target);
    }

    private Widened Widen(int row, Widened present)
    {
        if (present.Row == row)
            return present;
        for (var c = 0; c < scores.Classes; c++)
            Spread(scores.Plane(c).Slice(row * scores.Width, scores.Width), _columns, present.Values.AsSpan(c * width, width));
        return present with { Row = row };
    }

    private static void Blend(ReadOnlySpan<float> upper, ReadOnlySpan<float> lower, float fraction, Span<float> target)
    {
        var i = 0;
        for (; i <= target.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var above = new Vector<float>(upper[i..]);
            (above + ((new Vector<float>(lower[i..]) - above) * fraction)).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
            target[i] = upper[i] + ((lower[i] - upper[i]) * fraction);
    }

    private static void Spread(ReadOnlySpan<float> narrow, Tap[] columns, Span<float> target)
    {
        for (var x = 0; x < target.Length; x++)
        {
            ref readonly var tap = ref columns[x];
            var left = narrow[tap.First];
            target[x] = left + ((narrow[tap.Second] - left) * tap.Fraction);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Widened(int Row, float[] Values);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Tap(int First, int Second, float Fraction)
    {
        public static Tap At(int index, int count, int size)
        {
            var source = Math.Max(0, ((index + 0.5) * size / count) - 0.5);
            var first = Math.Min((int)source, size - 1);
            return new Tap(first, Math.Min(first + 1, size - 1), (float)(source - first));
        }
    }
}
