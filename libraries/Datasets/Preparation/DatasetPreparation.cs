using System.Text;
using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>
/// Makes a dataset of a COCO folder: checks every image, rasterises the annotations into index masks, splits, and
/// writes shards, statistics and, last, the manifest.
/// </summary>
/// <param name="time">Gives the manifest its time.</param>
public sealed class DatasetPreparation(TimeProvider time)
{
    /// <summary>How many images are worked on at once; the result does not depend on it.</summary>
    public int DegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Where shards grow before they are uploaded. Needs room for one shard.</summary>
    public string TemporaryDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Prepares a dataset. When it fails or is cancelled, what it had written is removed.</summary>
    /// <param name="cocoDirectory">A folder with one <c>instances_*.json</c> at its root or in <c>annotations/</c>, and the images at its root, in <c>images/</c> or in folders such as <c>val2017/</c>.</param>
    /// <param name="datasetId">The id to give it: 1 to 63 of a-z, 0-9 and -, starting with a letter.</param>
    /// <param name="options">Classes, splits, seed.</param>
    /// <param name="storage">Where the dataset goes; the bucket must exist.</param>
    /// <param name="progress">Told of every image.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The manifest as committed.</returns>
    /// <exception cref="DatasetException">The options or the input cannot be used; names all that is wrong.</exception>
    /// <exception cref="StorageException">Storage fails.</exception>
    public async Task<DatasetManifest> PrepareAsync(
        string cocoDirectory,
        string datasetId,
        PreparationOptions options,
        ObjectStorage storage,
        IProgress<PreparationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(storage);
        options.Validate();
        await RefuseExistingAsync(storage, datasetId, cancellationToken);

        progress?.Report(new PreparationProgress(PreparationStage.ReadAnnotations, 0, 1, "files"));
        var (folder, images, annotationDigest) = await OpenSourceAsync(cocoDirectory, options, cancellationToken);
        progress?.Report(new PreparationProgress(PreparationStage.ReadAnnotations, 1, 1, "files"));

        var scanned = await ScanAsync(folder, images, progress, cancellationToken);
        var source = new SourceLineage(
            "coco", Path.GetRelativePath(folder.Root, folder.AnnotationPath), annotationDigest, DigestOf(scanned));
        var splits = SplitAssignment.Assign([.. scanned.Select(image => image.Sha256)], options);

        var uploaded = new List<string>();
        var temporary = Directory.CreateDirectory(Path.Combine(TemporaryDirectory, $"maskwright-dataset-{Guid.NewGuid():n}"));
        try
        {
            var writer = new DatasetWriter(storage, datasetId, options, temporary.FullName, DegreeOfParallelism, uploaded, progress);
            var (manifests, statistics) = await writer.WriteAsync(scanned, splits, cancellationToken);
            var manifest = new DatasetManifest
            {
                Id = datasetId,
                ProgramVersion = typeof(DatasetPreparation).Assembly.GetName().Version!.ToString(3),
                CreatedAt = time.GetUtcNow(),
                Classes = writer.Classes,
                Options = options,
                Source = source,
                Splits = manifests,
                Statistics = statistics,
                Digest = DatasetContents.DigestOf(writer.Classes, options, manifests),
            };
            await new ManifestStore(storage).CommitAsync(DatasetKeys.Manifest(datasetId), manifest, DatasetJson.Default.DatasetManifest, cancellationToken);
            progress?.Report(new PreparationProgress(PreparationStage.Commit, 2, 2, "objects"));
            return manifest;
        }
        catch
        {
            await RemoveAsync(storage, datasetId, uploaded);
            throw;
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static async Task RefuseExistingAsync(ObjectStorage storage, string datasetId, CancellationToken cancellationToken)
    {
        if (await storage.StatAsync(DatasetKeys.Manifest(datasetId), cancellationToken) is not null)
            throw new DatasetException(DatasetFailure.AlreadyExists, $"There is a dataset '{datasetId}' in the bucket {storage.Options.Bucket} already. Choose another id, or delete that one before.");
    }

    private static async Task<(CocoFolder Folder, IReadOnlyList<SourceImage> Images, string Digest)> OpenSourceAsync(
        string directory, PreparationOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var folder = CocoFolder.Open(directory, options.AnnotationFile);
            var (images, digest) = await ReadAnnotationsAsync(folder, options, cancellationToken);
            return (folder, images, digest);
        }
        catch (CocoFormatException error)
        {
            throw new DatasetException(DatasetFailure.BadAnnotations, error.Message, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(DatasetFailure.SourceNotFound, $"The COCO folder {directory} cannot be read: {error.Message} Give this program the right to read it, or give another folder.", error);
        }
    }

    private static async Task<(IReadOnlyList<SourceImage> Images, string Digest)> ReadAnnotationsAsync(
        CocoFolder folder, PreparationOptions options, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(folder.AnnotationPath, new FileStreamOptions
        {
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            BufferSize = 1 << 16,
        });
        var digest = await Digest.OfStreamAsync(file, cancellationToken);
        file.Position = 0;
        var instances = await CocoInstances.ReadAsync(file, folder.AnnotationPath, cancellationToken);
        var classes = ClassMap.Create(options.Classes, instances.Categories, folder.AnnotationPath);
        return (SourceImage.Choose(instances, classes, options, folder.AnnotationPath), digest);
    }

    /// <summary>Looks at every image before anything is written, and names all that cannot be used.</summary>
    private async Task<IReadOnlyList<ScannedImage>> ScanAsync(
        CocoFolder folder, IReadOnlyList<SourceImage> images, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        var locator = new ImageLocator(folder);
        var scanned = new List<ScannedImage>(images.Count);
        var problems = new ProblemList();
        var done = 0;
        var scans = OrderedParallel.SelectAsync<SourceImage, (ScannedImage? Image, string Problem)>(images, async (image, token) =>
        {
            try
            {
                return (await ScannedImage.ScanAsync(image, locator, token), "");
            }
            catch (ImageProblemException problem)
            {
                return (null, $"{image.Image.FileName} (image {image.Image.Id}): {problem.Message}");
            }
        }, DegreeOfParallelism * 2, cancellationToken);
        await foreach (var (image, problem) in scans)
        {
            if (image is not null)
                scanned.Add(image);
            else
                problems.Add(problem);
            progress?.Report(new PreparationProgress(PreparationStage.Scan, ++done, images.Count, "images"));
        }

        problems.ThrowIfAny(DatasetFailure.BadImages, $"{folder.Root}: images that {Path.GetFileName(folder.AnnotationPath)} names cannot be used. Put them right, or remove them from the file:");
        return scanned;
    }

    private static string DigestOf(IReadOnlyList<ScannedImage> images)
    {
        var list = new StringBuilder();
        foreach (var image in images)
            list.Append(image.Sha256).Append("  ").Append(image.Source.Image.FileName).Append('\n');
        return Digest.OfBytes(Encoding.UTF8.GetBytes(list.ToString()));
    }

    /// <summary>Removes what a failed preparation had uploaded.</summary>
    private static async Task RemoveAsync(ObjectStorage storage, string datasetId, List<string> uploaded)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            // Another preparation of the same id may have been first: then the objects are its own.
            if (await storage.StatAsync(DatasetKeys.Manifest(datasetId), patience.Token) is not null)
                return;
            foreach (var key in uploaded)
                await storage.DeleteAsync(key, patience.Token);
        }
        catch (Exception error) when (error is StorageException or OperationCanceledException)
        {
            // The failure that led here is the one to report. What no manifest names does not exist, and is swept.
        }
    }
}
