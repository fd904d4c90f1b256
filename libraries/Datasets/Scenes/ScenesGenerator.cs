using System.Globalization;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>How far the drawing of scenes is.</summary>
/// <param name="Done">Scenes written.</param>
/// <param name="Total">Scenes asked for.</param>
public sealed record SceneProgress(int Done, int Total);

/// <summary>
/// Draws COCO-like scenes: people, bicycles, cars, motorcycles and airplanes among objects of other categories, with
/// occlusion, truncation, crowds and varied backgrounds. The annotations are exact: they are traced from the pixels drawn.
/// </summary>
public static class ScenesGenerator
{
    /// <summary>Name of the annotation file.</summary>
    public const string AnnotationFile = "instances_scenes.json";

    /// <summary>
    /// Writes a COCO folder: <c>images/*.jpg</c> and, last, <c>instances_scenes.json</c>. Same options, same files,
    /// whatever the number of cores.
    /// </summary>
    /// <param name="directory">Where to write; made when missing. An earlier generation's files are overwritten.</param>
    /// <param name="options">How many scenes, how large, which seed.</param>
    /// <param name="progress">Told after each scene.</param>
    /// <param name="cancellationToken">Ends the drawing; the annotation file is then not written.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task GenerateAsync(
        string directory, SceneOptions options, IProgress<SceneProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var annotationPath = Path.Combine(directory, AnnotationFile);
        var images = Directory.CreateDirectory(Path.Combine(directory, "images")).FullName;
        File.Delete(annotationPath);

        var drawn = new (CocoImage Image, List<CocoAnnotation> Annotations)[options.Count];
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, options.Count, parallel, async (index, token) =>
        {
            var scene = RenderedScene.Draw(options, index);
            var image = Describe(scene, index);
            drawn[index] = (image, SceneAnnotator.Annotate(scene, image, options.Seed));
            await File.WriteAllBytesAsync(Path.Combine(images, image.FileName), ImageCodec.EncodeJpeg(scene.Picture, options.JpegQuality), token);
            progress?.Report(new SceneProgress(Interlocked.Increment(ref done), options.Count));
        });

        await WriteAnnotationsAsync(annotationPath, drawn, cancellationToken);
    }

    internal static CocoImage Describe(RenderedScene scene, int index) =>
        new(index + 1, string.Create(CultureInfo.InvariantCulture, $"scene_{index + 1:D7}.jpg"), scene.Picture.Width, scene.Picture.Height, License: 1);

    private static async Task WriteAnnotationsAsync(
        string path, (CocoImage Image, List<CocoAnnotation> Annotations)[] drawn, CancellationToken cancellationToken)
    {
        var instances = new CocoInstances(
            [.. drawn.Select(scene => scene.Image)],
            [.. drawn.SelectMany(scene => scene.Annotations)],
            [.. SceneComposer.Categories.Select(category => new CocoCategory(category.Id, category.Name, category.Supercategory))])
        {
            Description = "Generated scenes with COCO annotations",
            Licenses = [new CocoLicense(1, "CC0 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/")],
        };

        // Under another name until it is whole: a folder with an annotation file is a finished one.
        var partial = path + ".partial";
        try
        {
            await using (var file = File.Create(partial))
                await instances.WriteAsync(file, cancellationToken);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
