using System.Globalization;
using System.Text;
using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>Opens COCO sources: reads the annotations as they stream by, and chooses the images.</summary>
/// <param name="context">Options, and what takes bad input.</param>
internal sealed class CocoReading(SourceContext context)
{
    /// <summary>Reads the annotations and chooses the images.</summary>
    /// <exception cref="DatasetException">They cannot be used; names all that is wrong.</exception>
    public async Task<CocoImages> OpenAsync(
        SourceFiles annotations, IReadOnlyList<SourceFiles> imageFiles, IReadOnlyList<string> asked, CancellationToken cancellationToken)
    {
        var files = CocoLayout.FindAnnotations(annotations, asked, imageFiles);
        var name = $"{annotations.Name}/{string.Join(", ", files)}";
        var store = new RegionStore(context.TemporaryDirectory);
        try
        {
            var index = new CocoIndex(store, context.Bad);
            var lineage = await ReadAsync(annotations, files, index, cancellationToken);
            var classes = ClassMap.Create(
                context.Options, PreparationOptions.DefaultClasses, [.. index.Categories.Select(category => (category.Id, category.Name))], name);
            var images = index.Images.Select(entry => entry.Image).ToList();
            var ofClasses = new CocoRegions(store, index.TakeAnnotations(entry => classes.TryGet(entry.CategoryId, out _)), classes, context.Options);
            var usable = await CocoVerification.UsableAsync(ofClasses, images, context, name, cancellationToken);
            context.Bad.ThrowIfTooMuch();
            var regions = new CocoRegions(store, usable, classes, context.Options);
            var chosen = await ChooseAsync(regions, index.Images, classes, name, cancellationToken);
            var locator = new ImageLocator([.. imageFiles.SelectMany(place => CocoLayout.ImageFolders(place, files).Select(folder => (place, folder)))]);
            return new CocoImages(regions, locator, lineage, name, classes.Names, chosen);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private async Task<SourceLineage> ReadAsync(SourceFiles annotations, IReadOnlyList<string> files, CocoIndex index, CancellationToken cancellationToken)
    {
        var (done, total) = (0L, files.Sum(annotations.Length));
        var digests = new StringBuilder();
        foreach (var file in files)
        {
            var path = $"{annotations.Name}/{file}";
            try
            {
                await using var json = await annotations.OpenAsync(file, cancellationToken);
                await using var observed = new ObservedStream(json, read =>
                    context.Progress?.Report(new PreparationProgress(PreparationStage.ReadAnnotations, done += read, total, "bytes")));
                await index.ReadAsync(observed, path, SplitOf(file), cancellationToken);
                var digest = observed.FinishDigest();
                digests.Append(files.Count == 1 ? digest : $"{digest}  {file}\n");
            }
            catch (CocoFormatException error)
            {
                throw new DatasetException(DatasetFailure.BadAnnotations, error.Message, error);
            }
            catch (ImageProblemException error)
            {
                throw new DatasetException(DatasetFailure.SourceNotFound, $"{path}: {error.Message}.", error);
            }
        }

        index.Complete();
        return new SourceLineage(
            "coco",
            string.Join(", ", files),
            files.Count == 1 ? digests.ToString() : Digest.OfBytes(Encoding.UTF8.GetBytes(digests.ToString())),
            ImagesSha256: "");
    }

    private string? SplitOf(string file)
    {
        var split = SourceSplit.OfName(Path.GetFileNameWithoutExtension(file));
        return split is not null || context.Options.Split != SplitKind.Source
            ? split
            : throw new DatasetException(DatasetFailure.InvalidOptions, $"The name of the annotation file {file} contains none, or several, of train, val and test, so it stands for no split. Rename it, or split by ratios.");
    }

    private async Task<IReadOnlyList<SourceImage>> ChooseAsync(
        CocoRegions regions, IReadOnlyList<(CocoImage Image, string? Split)> images, ClassMap classes, string name, CancellationToken cancellationToken)
    {
        var shares = await SharesAsync(regions, images, cancellationToken);
        var candidates = images
            .Select((entry, i) => new ChoiceCandidate(entry.Image.Id.ToString(CultureInfo.InvariantCulture), Shows(regions, entry.Image, withCrowds: true), shares?[i] ?? 0))
            .ToList();
        var chosen = ImageChoice.Choose(candidates, classes.Names.Count - 1, context.Options);
        ClassCoverage.Check([.. chosen.Select(i => candidates[i])], candidates.Count, classes, context, name);
        return [.. chosen.Select(i => ToSourceImage(regions, images[i], classes.Names.Count))];
    }

    // Only a painted mask tells: annotations overlap.
    private async Task<double[]?> SharesAsync(
        CocoRegions regions, IReadOnlyList<(CocoImage Image, string? Split)> images, CancellationToken cancellationToken)
    {
        if (context.Options.MinClassShare == 0)
            return null;
        var shares = new double[images.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.DegreeOfParallelism, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, images.Count, parallel, (i, _) =>
        {
            if (regions.Of(images[i].Image.Id).Length > 0)
                shares[i] = ClassCoverage.ShareOf(regions.Paint(images[i].Image).Mask);
            return ValueTask.CompletedTask;
        });
        return shares;
    }

    private SourceImage ToSourceImage(CocoRegions regions, (CocoImage Image, string? Split) entry, int classes)
    {
        var instances = new int[classes];
        foreach (var annotation in regions.Of(entry.Image.Id))
            instances[regions.ClassOf(annotation)] += annotation.IsCrowd ? 0 : 1;
        return new SourceImage(
            entry.Image.Id.ToString("D12", CultureInfo.InvariantCulture),
            entry.Image,
            Shows(regions, entry.Image, context.Options.Crowds == CrowdPolicy.Paint),
            instances,
            entry.Split);
    }

    private static byte[] Shows(CocoRegions regions, CocoImage image, bool withCrowds)
    {
        var shown = new SortedSet<byte>();
        foreach (var annotation in regions.Of(image.Id))
            if (withCrowds || !annotation.IsCrowd)
                shown.Add(regions.ClassOf(annotation));
        return [.. shown];
    }
}
