namespace Maskwright.Imaging;

/// <summary>
/// Resizing with the pixel-centre convention: output pixel i samples the input at (i + 0.5) x scale - 0.5.
/// Integer arithmetic throughout, so that every machine gives the same bytes.
/// </summary>
public static class Resampling
{
    // As many bits as let 255 and the sum of weights, 1, fit an int; also what Pillow takes.
    private const int Precision = 22;

    /// <summary>
    /// Antialiased bilinear resize: a triangle filter, widened by the scale when shrinking, horizontally and then
    /// vertically (what Pillow's BILINEAR and torchvision's antialias=True do).
    /// </summary>
    /// <param name="image">The picture; handed back itself when it has the size already.</param>
    /// <param name="width">Width wanted, in pixels.</param>
    /// <param name="height">Height wanted, in pixels.</param>
    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        var result = new byte[PixelBuffer.Length(width, height, channels: 3)];
        if (image.Width == width && image.Height == height)
        {
            return image;
        }

        var narrowed = new byte[PixelBuffer.Length(width, image.Height, channels: 3)];
        Horizontally(image, narrowed, Taps(image.Width, width));
        Vertically(narrowed, width * 3, result, Taps(image.Height, height));
        return new RgbImage(width, height, result);
    }

    /// <summary>Nearest-neighbour resize: no class appears that was not there.</summary>
    /// <param name="mask">The mask; handed back itself when it has the size already.</param>
    /// <param name="width">Width wanted, in pixels.</param>
    /// <param name="height">Height wanted, in pixels.</param>
    public static IndexMask ResizeNearest(IndexMask mask, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (mask.Width == width && mask.Height == height)
        {
            return mask;
        }

        var result = IndexMask.Empty(width, height);
        var columns = Nearest(mask.Width, width);
        var rows = Nearest(mask.Height, height);
        for (var y = 0; y < height; y++)
        {
            var source = mask.Pixels.AsSpan(rows[y] * mask.Width, mask.Width);
            var target = result.Pixels.AsSpan(y * width, width);
            for (var x = 0; x < width; x++)
            {
                target[x] = source[columns[x]];
            }
        }

        return result;
    }

    // floor((i + 0.5) * from / to) in integers.
    private static int[] Nearest(int from, int to)
    {
        var sources = new int[to];
        for (var i = 0; i < to; i++)
        {
            sources[i] = (int)((2L * i + 1) * from / (2L * to));
        }

        return sources;
    }

    private static Tap[] Taps(int from, int to)
    {
        var scale = (double)from / to;
        var support = Math.Max(scale, 1.0);
        var taps = new Tap[to];
        for (var i = 0; i < to; i++)
        {
            var center = (i + 0.5) * scale;
            var first = Math.Max(0, (int)(center - support + 0.5));
            var last = Math.Min(from, (int)(center + support + 0.5));
            var weights = new double[last - first];
            var sum = 0.0;
            for (var k = 0; k < weights.Length; k++)
            {
                weights[k] = Math.Max(0, 1 - Math.Abs((first + k - center + 0.5) / support));
                sum += weights[k];
            }

            taps[i] = new Tap(first, Array.ConvertAll(weights, w => (int)Math.Round(w / sum * (1 << Precision))));
        }

        return taps;
    }

    private static void Horizontally(RgbImage image, byte[] result, Tap[] taps)
    {
        var target = 0;
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.Pixels.AsSpan(y * image.Width * 3, image.Width * 3);
            foreach (var tap in taps)
            {
                int red = 1 << (Precision - 1), green = red, blue = red;
                var s = tap.First * 3;
                foreach (var weight in tap.Weights)
                {
                    red += row[s] * weight;
                    green += row[s + 1] * weight;
                    blue += row[s + 2] * weight;
                    s += 3;
                }

                result[target] = Byte(red);
                result[target + 1] = Byte(green);
                result[target + 2] = Byte(blue);
                target += 3;
            }
        }
    }

    private static void Vertically(byte[] narrowed, int stride, byte[] result, Tap[] taps)
    {
        var sums = new int[stride];
        for (var y = 0; y < taps.Length; y++)
        {
            Array.Fill(sums, 1 << (Precision - 1));
            for (var k = 0; k < taps[y].Weights.Length; k++)
            {
                var weight = taps[y].Weights[k];
                var row = narrowed.AsSpan((taps[y].First + k) * stride, stride);
                for (var x = 0; x < row.Length; x++)
                {
                    sums[x] += row[x] * weight;
                }
            }

            var target = result.AsSpan(y * stride, stride);
            for (var x = 0; x < target.Length; x++)
            {
                target[x] = Byte(sums[x]);
            }
        }
    }

    private static byte Byte(int sum) => (byte)Math.Clamp(sum >> Precision, 0, 255);

    private readonly record struct Tap(int First, int[] Weights);
}
