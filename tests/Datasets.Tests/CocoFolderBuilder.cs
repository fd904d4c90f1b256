using Maskwright.Imaging;

namespace Maskwright.Datasets.Tests;

/// <summary>Builds a tiny COCO folder by hand: 16x12 images, each of its own colour.</summary>
internal sealed class CocoFolderBuilder : IDisposable
{
    public const int Width = 16;
    public const int Height = 12;

    private readonly TemporaryFolder _folder = new();
    private long _annotationId;

    public string Path => _folder.Path;

    public List<CocoImage> Images { get; } = [];

    public List<CocoAnnotation> Annotations { get; } = [];

    public List<CocoCategory> Categories { get; } =
        [new(1, "person", null), new(2, "bicycle", null), new(3, "car", null), new(4, "motorcycle", null), new(5, "airplane", null), new(18, "dog", null)];

    /// <summary>A folder of that many images, a person at (2, 3)–(6, 9) in each.</summary>
    public static CocoFolderBuilder WithPeople(int images)
    {
        var builder = new CocoFolderBuilder();
        for (var id = 1; id <= images; id++)
        {
            builder.AddImage(id);
            builder.AddBox(id, 1, 2, 3, 6, 9);
        }

        return builder;
    }

    public string this[params string[] parts] => _folder[parts];

    public CocoImage AddImage(int id, string? fileName = null, string? file = null, int colour = -1)
    {
        fileName ??= $"{id:D12}.jpg";
        var image = new CocoImage(id, fileName, Width, Height, License: 3);
        Images.Add(image);
        WriteFile(file ?? System.IO.Path.Combine("images", fileName), Jpeg(colour < 0 ? id : colour));
        return image;
    }

    public CocoAnnotation AddBox(int imageId, int categoryId, double left, double top, double right, double bottom) =>
        Add(imageId, categoryId, isCrowd: false, new CocoSegmentation.Polygons([[left, top, right, top, right, bottom, left, bottom]]));

    public CocoAnnotation Add(int imageId, int categoryId, bool isCrowd, CocoSegmentation segmentation)
    {
        var annotation = new CocoAnnotation(++_annotationId, imageId, categoryId, isCrowd, 1, segmentation);
        Annotations.Add(annotation);
        return annotation;
    }

    public void WriteFile(string name, byte[] content)
    {
        var path = _folder[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    public async Task<string> WriteAsync(string annotationFile = "instances_tiny.json")
    {
        var path = _folder[annotationFile];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        await using var file = File.Create(path);
        await new CocoInstances(Images, Annotations, Categories).WriteAsync(file, TestContext.Current.CancellationToken);
        return Path;
    }

    public static byte[] Jpeg(int colour, int width = Width, int height = Height) => ImageCodec.EncodeJpeg(Picture(colour, width, height), 90);

    public static RgbImage Picture(int colour, int width = Width, int height = Height)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(colour * 37 + i % 3 * 60 + i / 96 * 3);
        return new RgbImage(width, height, pixels);
    }

    public void Dispose() => _folder.Dispose();
}
