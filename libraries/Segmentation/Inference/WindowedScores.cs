using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>
/// An image seen through square windows that overlap by half; where several see a pixel, their scores are averaged. A side
/// shorter than the window is stretched to it.
/// </summary>
internal sealed class WindowedScores(Scorer scorer, RgbImage image, int window)
{
    /// <summary>Scores at the image's own size.</summary>
    public ScoreGrid Compute()
    {
        var (width, height) = (Math.Max(image.Width, window), Math.Max(image.Height, window));
        var whole = width == image.Width && height == image.Height ? image : Resampling.Resize(image, width, height);
        float[] sums = [];
        var seen = new int[width * height];
        var classes = 0;
        foreach (var top in Starts(height))
        {
            foreach (var left in Starts(width))
            {
                var scores = scorer.ScoreWhole([Crop(whole, left, top)])[0];
                classes = scores.Classes;
                sums = sums.Length == 0 ? new float[classes * width * height] : sums;
                Add(scores, left, top, sums, seen, width);
            }
        }

        for (var i = 0; i < sums.Length; i++)
            sums[i] /= seen[i % seen.Length];
        return new ScoreGrid(sums, classes, width, height);
    }

    private IEnumerable<int> Starts(int length)
    {
        for (var start = 0; start < length - window; start += window / 2)
            yield return start;
        yield return length - window;
    }

    private RgbImage Crop(RgbImage whole, int left, int top)
    {
        var pixels = new byte[window * window * 3];
        for (var y = 0; y < window; y++)
            whole.Pixels.AsSpan((((top + y) * whole.Width) + left) * 3, window * 3).CopyTo(pixels.AsSpan(y * window * 3));
        return new RgbImage(window, window, pixels);
    }

    private void Add(ScoreGrid scores, int left, int top, float[] sums, int[] seen, int width)
    {
        var area = seen.Length;
        for (var y = 0; y < window; y++)
        {
            var place = ((top + y) * width) + left;
            for (var x = 0; x < window; x++)
                seen[place + x]++;
            for (var c = 0; c < scores.Classes; c++)
            {
                var source = scores.Plane(c).Slice(y * window, window);
                var target = sums.AsSpan((c * area) + place, window);
                for (var x = 0; x < window; x++)
                    target[x] += source[x];
            }
        }
    }
}
