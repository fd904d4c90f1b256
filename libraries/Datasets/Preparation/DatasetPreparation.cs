using System.Security.Cryptography;
using System.Text;
using Maskwright.Artifacts;

namespace Maskwright.Datasets;

/// <summary>
/// Makes a dataset of a source: checks every image, rasterises the annotations into index masks, splits, and writes
/// shards, statistics and, last, the manifest.
/// </summary>
/// <param name="time">Gives the manifest its time.</param>
/// <param name="downloadDirectory">Where files from URLs are kept; made when needed.</param>
public sealed class DatasetPreparation(TimeProvider time, string downloadDirectory) : IDisposable
{
    private readonly DownloadCache _downloads = new(time, downloadDirectory);

    /// <summary>How many images are worked on at once; the result does not depend on it.</summary>
    public int DegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Where the outlines of the annotations are kept while they are worked on. Needs room for a copy of them.</summary>
    public string TemporaryDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Prepares a dataset. When it fails or is cancelled, what it had written is removed.</summary>
    /// <param name="source">Where images and annotations are.</param>
    /// <param name="datasetId">The id to give it: 1 to 63 of a-z, 0-9 and -, starting with a letter.</param>
    /// <param name="options">Classes, splits, seed.</param>
    /// <param name="storage">Where the dataset goes; the bucket must exist.</param>
    /// <param name="progress">Told of every image.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The manifest as committed.</returns>
    /// <exception cref="DatasetException">The options or the input cannot be used; names all that is wrong.</exception>
    /// <exception cref="StorageException">Storage fails.</exception>
    public async Task<DatasetManifest> PrepareAsync(
        DatasetSource source,
        string datasetId,
        PreparationOptions options,
        ObjectStorage storage,
        IProgress<PreparationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(storage);
        options.Validate();
        await RefuseExistingAsync(storage, datasetId, cancellationToken);

        progress?.Report(new PreparationProgress(PreparationStage.ReadAnnotations, 0, 0, "bytes"));
        var bad = new BadInput(options.BadInput, options.MaxSkippedShare);
        var context = new SourceContext(options, bad, TemporaryDirectory, DegreeOfParallelism, storage, _downloads, progress);
        await using var opener = new SourceOpener(context);
        await using var images = await opener.OpenAsync(source, cancellationToken);
        // What the classes were by default is part of what the dataset is.
        options = options with { Classes = [.. images.Classes.Skip(1)] };

        var scanned = await ImageScan.RunAsync(images, bad, DegreeOfParallelism, progress, cancellationToken);
        var splits = SplitAssignment.Assign([.. scanned.Select(SplitCandidate.Of)], options);

        var uploaded = new List<string>();
        try
        {
            var writer = new DatasetWriter(storage, images, datasetId, options, bad, DegreeOfParallelism, uploaded, progress);
            var written = await writer.WriteAsync(scanned, splits, cancellationToken);
            var manifest = new DatasetManifest
            {
                Id = datasetId,
                ProgramVersion = typeof(DatasetPreparation).Assembly.GetName().Version!.ToString(3),
                CreatedAt = time.GetUtcNow(),
                Classes = images.Classes,
                Options = options,
                Source = images.Lineage(DigestOf(scanned)),
                Splits = written.Splits,
                Statistics = written.Statistics,
                Pictures = written.Pictures,
                Digest = DatasetContents.DigestOf(images.Classes, options, written.Splits),
            };
            await new ManifestStore(storage).CommitAsync(DatasetKeys.Manifest(datasetId), manifest, DatasetJson.Default.DatasetManifest, cancellationToken);
            progress?.Report(new PreparationProgress(PreparationStage.Commit, 5, 5, "objects"));
            return manifest;
        }
        catch
        {
            await RemoveAsync(storage, datasetId, uploaded);
            throw;
        }
    }

    /// <summary>Closes the connections of downloads.</summary>
    public void Dispose() => _downloads.Dispose();

    private static async Task RefuseExistingAsync(ObjectStorage storage, string datasetId, CancellationToken cancellationToken)
    {
        if (await storage.StatAsync(DatasetKeys.Manifest(datasetId), cancellationToken) is not null)
            throw new DatasetException(DatasetFailure.AlreadyExists, $"There is a dataset '{datasetId}' in the bucket {storage.Options.Bucket} already. Choose another id, or delete that one before.");
    }

    private static string DigestOf(IReadOnlyList<ScannedImage> images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var image in images)
            hash.AppendData(Encoding.UTF8.GetBytes($"{image.Sha256}  {image.Source.Image.FileName}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
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
