using System.Numerics;
using System.Runtime.InteropServices;

namespace Maskwright.Imaging;

/// <summary>Rows of scores at another size, bilinear by pixel centres (PyTorch's <c>align_corners=False</c>).</summary>
internal sealed class RowInterpolation(ScoreGrid scores, int width, int height)
{
    private readonly Tap[] _columns = [.. Enumerable.Range(0, width).Select(x => Tap.At(x, width, scores.Width))];
    private readonly float[] _narrow = new float[scores.Width];

    /// <summary>Writes one row of one class.</summary>
    public void Interpolate(int index, int y, Span<float> target)
    {
        var tap = Tap.At(y, height, scores.Height);
        var plane = scores.Plane(index);
        Blend(plane.Slice(tap.First * scores.Width, scores.Width), plane.Slice(tap.Second * scores.Width, scores.Width), tap.Fraction, _narrow);
        Spread(_narrow, _columns, target);
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

    private static void Spread(float[] narrow, Tap[] columns, Span<float> target)
    {
        for (var x = 0; x < target.Length; x++)
        {
            ref readonly var tap = ref columns[x];
            var left = narrow[tap.First];
            target[x] = left + ((narrow[tap.Second] - left) * tap.Fraction);
        }
    }

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
