using Maskwright.Datasets;
using Maskwright.Imaging;
using Maskwright.Segmentation;
using Maskwright.Segmentation.Networks;

namespace Maskwright.Benchmarks.Evaluator;

/// <summary>Real or drawn images with their masks, as a dataset's shards hold them, and as files for a peer.</summary>
internal sealed class EvaluationSplit : IDisposable
{
    public const int ImageSize = 256;
    private const int Images = 48;
    private static readonly string[] ClassNames = ["person", "bicycle", "car", "motorcycle", "airplane"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("maskwright-split-");

    /// <summary>The samples.</summary>
    public List<EncodedSample> Samples { get; } = [];

    /// <summary>Folder with <c>images/*.jpg</c> and <c>masks/*.png</c>.</summary>
    public string Folder => _folder.FullName;

    public static async Task<EvaluationSplit> CreateAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var split = new EvaluationSplit();
        var coco = context.CocoFolder;
        if (coco is null)
        {
            coco = Path.Combine(split.Folder, "scenes");
            await ScenesGenerator.GenerateAsync(coco, new SceneOptions { Count = Images }, cancellationToken: cancellationToken);
        }

        await split.ReadAsync(coco, cancellationToken);
        return split;
    }

    /// <summary>A network with drawn weights: its answers are noise, its speed is not.</summary>
    public static TrainedModel CreateModel()
    {
        var description = new ModelDescription
        {
            Network = NetworkOptions.DeepLabV3MobileNetV3Large,
            Classes = ["background", .. ClassNames],
            ImageSize = ImageSize,
        };
        return TrainedModel.Create(description, seed: 1);
    }

    /// <summary>The samples as they would be read.</summary>
    public async IAsyncEnumerable<EncodedSample> ReadAsync()
    {
        foreach (var sample in Samples)
        {
            yield return sample;
            await Task.CompletedTask;
        }
    }

    private static List<SampleObject> Objects(CocoImage image, IEnumerable<CocoAnnotation> annotations, Dictionary<int, byte> indices) =>
    [
        .. from annotation in annotations
           let box = annotation.Segmentation.Bounds(image.Width, image.Height)
           where !annotation.IsCrowd && box is not null
           select new SampleObject(indices[annotation.CategoryId], annotation.Area, box),
    ];

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task ReadAsync(string coco, CancellationToken cancellationToken)
    {
        var annotations = Directory.EnumerateFiles(coco, "instances_*.json").Order(StringComparer.Ordinal).First();
        await using var json = File.OpenRead(annotations);
        var instances = await CocoInstances.ReadAsync(json, annotations, cancellationToken);
        var indices = instances.Categories
            .Where(category => ClassNames.Contains(category.Name))
            .ToDictionary(category => category.Id, category => (byte)(1 + Array.IndexOf(ClassNames, category.Name)));
        var byImage = instances.Annotations.Where(annotation => indices.ContainsKey(annotation.CategoryId)).ToLookup(annotation => annotation.ImageId);
        Directory.CreateDirectory(Path.Combine(Folder, "images"));
        Directory.CreateDirectory(Path.Combine(Folder, "masks"));
        foreach (var image in instances.Images.Where(image => byImage.Contains(image.Id)).Take(Images))
        {
            var key = $"{image.Id:D12}";
            var jpeg = await File.ReadAllBytesAsync(Path.Combine(coco, "images", image.FileName), cancellationToken);
            var mask = MaskPainter.Paint(image, byImage[image.Id].Select(annotation => (annotation, indices[annotation.CategoryId])));
            var png = PalettePng.Encode(mask, Palette.Default);
            Samples.Add(new EncodedSample(key, jpeg, png, new SampleInfo(image.Id, image.FileName, image.Width, image.Height, image.License, Objects(image, byImage[image.Id], indices))));
            await File.WriteAllBytesAsync(Path.Combine(Folder, "images", key + ".jpg"), jpeg, cancellationToken);
            await File.WriteAllBytesAsync(Path.Combine(Folder, "masks", key + ".png"), png, cancellationToken);
        }
    }
}
