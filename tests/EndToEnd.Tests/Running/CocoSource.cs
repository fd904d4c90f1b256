using Maskwright.Imaging;

namespace Maskwright.EndToEnd.Tests;

/// <summary>A small COCO folder, a car in each image, that a test may spoil before it is written.</summary>
internal sealed class CocoSource : IDisposable
{
    private const int Width = 48;
    private const int Height = 32;
    private const int CarCategory = 3;

    private readonly TemporaryFolder _folder = new();

    public CocoSource(int images = 10)
    {
        Directory.CreateDirectory(_folder["images"]);
        for (var id = 1; id <= images; id++)
        {
            var name = FileName(id);
            Images.Add(new CocoImage(id, name, Width, Height, License: 1));
            File.WriteAllBytes(PathOf(id), ImageCodec.EncodeJpeg(Shade((byte)(20 * id)), 90));
            AddBox(annotationId: 100 + id, imageId: id, left: 5, top: 6);
        }
    }

    public string FullName => _folder.FullName;

    public string AnnotationPath => _folder["instances_tiny.json"];

    public List<CocoImage> Images { get; } = [];

    public List<CocoAnnotation> Annotations { get; } = [];

    public string PathOf(int imageId) => Path.Combine(_folder["images"], FileName(imageId));

    public void AddBox(long annotationId, long imageId, double left, double top) => Annotations.Add(new CocoAnnotation(
        annotationId, imageId, CarCategory, IsCrowd: false, Area: 80,
        new CocoSegmentation.Polygons([[left, top, left + 10, top, left + 10, top + 8, left, top + 8]])));

    public async Task<CocoSource> WriteAsync(CancellationToken cancellationToken)
    {
        CocoCategory[] categories = [new(1, "person", null), new(2, "bicycle", null), new(CarCategory, "car", null), new(4, "motorcycle", null), new(5, "airplane", null)];
        await using var file = File.Create(AnnotationPath);
        await new CocoInstances(Images, Annotations, categories).WriteAsync(file, cancellationToken);
        return this;
    }

    public void Dispose() => _folder.Dispose();

    private static string FileName(int id) => $"{id:D12}.jpg";

    private static RgbImage Shade(byte value)
    {
        var pixels = new byte[Width * Height * 3];
        Array.Fill(pixels, value);
        return new RgbImage(Width, Height, pixels);
    }
}
