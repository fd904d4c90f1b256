using System.Runtime.CompilerServices;
using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>Pairs of a JPEG and a mask of its size, as files that both sides read.</summary>
internal sealed class PairFolder : IDisposable
{
    private const int Images = 240;
    private const int Field = 40;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("maskwright-pairs-");

    /// <summary>The folder.</summary>
    public string Path => _folder.FullName;

    /// <summary>Fills a folder with a COCO folder's images, or with scenes.</summary>
    public static async Task<PairFolder> CreateAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var pairs = new PairFolder();
        if (context.CocoFolder is { } coco)
        {
            pairs.Take(coco);
            return pairs;
        }

        var scenes = Directory.CreateTempSubdirectory("maskwright-scenes-");
        await ScenesGenerator.GenerateAsync(scenes.FullName, new SceneOptions { Count = Images }, cancellationToken: cancellationToken);
        pairs.Take(scenes.FullName);
        scenes.Delete(recursive: true);
        return pairs;
    }

    /// <summary>The pairs as a dataset hands them out.</summary>
    public async IAsyncEnumerable<EncodedSample> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var jpeg in Directory.EnumerateFiles(Path, "*.jpg").Order(StringComparer.Ordinal))
        {
            var key = System.IO.Path.GetFileNameWithoutExtension(jpeg);
            yield return new EncodedSample(
                key,
                await File.ReadAllBytesAsync(jpeg, cancellationToken),
                await File.ReadAllBytesAsync(System.IO.Path.ChangeExtension(jpeg, "png"), cancellationToken),
                new SampleInfo(0, key, 0, 0, License: 0));
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Take(string source)
    {
        var jpegs = Directory.EnumerateFiles(source, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(Images);
        foreach (var (number, jpeg) in jpegs.Index())
        {
            var bytes = File.ReadAllBytes(jpeg);
            var image = ImageCodec.Decode(bytes, jpeg);
            var mask = new byte[image.Width * image.Height];
            for (var i = 0; i < mask.Length; i++)
                mask[i] = (byte)(((i % image.Width / Field) + (i / image.Width / Field)) % ComputeSetting.Classes);
            var name = System.IO.Path.Combine(Path, $"{number:00000}");
            File.WriteAllBytes(name + ".jpg", bytes);
            File.WriteAllBytes(name + ".png", PalettePng.Encode(new IndexMask(image.Width, image.Height, mask), Palette.Default));
        }
    }
}
