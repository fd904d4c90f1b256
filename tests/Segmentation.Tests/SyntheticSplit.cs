using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

/// <summary>Small pictures of coloured squares on grey: two classes that a network learns in a few steps.</summary>
internal static class SyntheticSplit
{
    public static readonly string[] Classes = ["background", "red", "blue"];

    public static Task<SampleCache> BuildAsync(int count, int size, int seed = 1) =>
        SampleCache.BuildAsync(Samples(count, seed), size, Classes.Length, decoded: null, TestContext.Current.CancellationToken);

    public static async IAsyncEnumerable<EncodedSample> Samples(int count, int seed)
    {
        for (var i = 0; i < count; i++)
        {
            yield return Sample(i, seed);
            await Task.Yield();
        }
    }

    private static EncodedSample Sample(int index, int seed)
    {
        const int Width = 48;
        const int Height = 40;
        var random = new Random((seed * 1000) + index);
        var image = new byte[Width * Height * 3];
        random.NextBytes(image);
        for (var i = 0; i < image.Length; i++)
        {
            image[i] = (byte)(100 + (image[i] / 16));
        }

        var mask = new byte[Width * Height];
        for (var c = 1; c <= 2; c++)
        {
            var (left, top) = (random.Next(Width - 16), random.Next(Height - 16));
            for (var y = top; y < top + 16; y++)
            {
                for (var x = left; x < left + 16; x++)
                {
                    mask[(y * Width) + x] = (byte)c;
                    image[((y * Width) + x) * 3] = (byte)(c == 1 ? 230 : 20);
                    image[(((y * Width) + x) * 3) + 2] = (byte)(c == 2 ? 230 : 20);
                }
            }
        }

        mask[0] = IndexMask.Ignore;
        return new EncodedSample(
            $"s{index:000}",
            ImageCodec.EncodePng(new RgbImage(Width, Height, image)),
            PalettePng.Encode(new IndexMask(Width, Height, mask), Palette.Default),
            new SampleInfo(index, $"s{index:000}.png", Width, Height, License: 0));
    }
}
