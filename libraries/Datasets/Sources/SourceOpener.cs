namespace Maskwright.Datasets;

/// <summary>Opens sources of every kind, and the places that they read from.</summary>
/// <param name="context">What that needs besides the source.</param>
internal sealed class SourceOpener(SourceContext context) : IAsyncDisposable
{
    private readonly List<SourceFiles> _opened = [];

    /// <summary>Opens a source and chooses its images.</summary>
    /// <exception cref="DatasetException">It is not there, or cannot be used; names all that is wrong.</exception>
    public async Task<ImageSource> OpenAsync(DatasetSource source, CancellationToken cancellationToken)
    {
        try
        {
            return source switch
            {
                DatasetSource.Coco coco => await OpenAsync(coco, cancellationToken),
                DatasetSource.Voc voc => await OpenAsync(voc, cancellationToken),
                DatasetSource.Masks masks => await OpenAsync(masks, cancellationToken),
                _ => throw new ArgumentException($"Unknown kind of source: {source.GetType().Name}.", nameof(source)),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DatasetException(DatasetFailure.SourceNotFound, $"The source cannot be read: {error.Message} Give this program the right to read it, or give another place.", error);
        }
    }

    /// <summary>Closes the places that were opened; no image can be read any more.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var files in _opened)
            await files.DisposeAsync();
    }

    private async Task<ImageSource> OpenAsync(DatasetSource.Coco coco, CancellationToken cancellationToken)
    {
        var images = new List<SourceFiles>();
        foreach (var location in coco.Images)
            images.Add(await OpenAsync(location, cancellationToken));
        var annotations = coco.Annotations is { } elsewhere ? await OpenAsync(elsewhere, cancellationToken) : images[0];
        IReadOnlyList<string> asked = annotations is OneFile file && coco.AnnotationFiles.Count == 0 ? [file.FileName] : coco.AnnotationFiles;
        return await new CocoReading(context).OpenAsync(annotations, images, asked, cancellationToken);
    }

    private async Task<ImageSource> OpenAsync(DatasetSource.Voc voc, CancellationToken cancellationToken)
    {
        var files = await OpenAsync(voc.Location, cancellationToken);
        var pairs = await VocLayout.FindAsync(files, voc.ImageSets, context.Bad, cancellationToken);
        return await new MaskReading(context).OpenAsync(files.Name, "voc", pairs, VocLayout.Categories, VocLayout.ClassNames, cancellationToken);
    }

    private async Task<ImageSource> OpenAsync(DatasetSource.Masks masks, CancellationToken cancellationToken)
    {
        var images = await OpenAsync(masks.Images, cancellationToken);
        var maskFiles = masks.MaskLocation is { } elsewhere ? await OpenAsync(elsewhere, cancellationToken) : null;
        var pairs = MaskLayout.Find(images, maskFiles, masks.MaskSuffix, context.Bad);
        return await new MaskReading(context).OpenAsync(images.Name, "masks", pairs, MaskLayout.Categories(masks.ValueNames), MaskLayout.ClassNames(masks.ValueNames), cancellationToken);
    }

    private async Task<SourceFiles> OpenAsync(SourceLocation location, CancellationToken cancellationToken)
    {
        location.Validate();
        SourceFiles files = location switch
        {
            { IsUrl: true } => await FetchAsync(location, cancellationToken),
            { IsStored: true } => await StoredAsync(location, cancellationToken),
            _ => OnDisk(location.Uri, Path.GetFileName(location.Uri)),
        };
        _opened.Add(files);
        return files;
    }

    private async Task<SourceFiles> FetchAsync(SourceLocation location, CancellationToken cancellationToken)
    {
        var url = new Uri(location.Uri);
        var path = await context.Downloads.GetAsync(
            url,
            location.Sha256,
            (done, total) => context.Progress?.Report(new PreparationProgress(PreparationStage.Download, done, total, "bytes")),
            cancellationToken);
        return OnDisk(path, Path.GetFileName(Uri.UnescapeDataString(url.AbsolutePath)));
    }

    private Task<StoredFiles> StoredAsync(SourceLocation location, CancellationToken cancellationToken)
    {
        var parts = location.Uri[SourceLocation.StorageScheme.Length..].Split('/', 2);
        var prefix = parts.Length < 2 || parts[1].Length == 0 ? "" : parts[1].TrimEnd('/') + "/";
        return parts[0] == context.Storage.Options.Bucket
            ? StoredFiles.OpenAsync(context.Storage, prefix, cancellationToken)
            : throw new DatasetException(DatasetFailure.SourceNotFound, $"{location.Uri}: the bucket of this service is {context.Storage.Options.Bucket}, others are not read. Put the files there.");
    }

    private static SourceFiles OnDisk(string path, string name)
    {
        if (!File.Exists(path))
            return new FolderFiles(path);
        return name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)
            ? new ZipFiles(path)
            : new OneFile(new FolderFiles(Path.GetDirectoryName(path)!), Path.GetFileName(path), name);
    }
}
