namespace Maskwright.Datasets;

/// <summary>Opens sources of every kind.</summary>
internal static class SourceOpener
{
    /// <summary>Opens a source and chooses its images.</summary>
    /// <exception cref="DatasetException">It is not there, or cannot be used; names all that is wrong.</exception>
    public static async Task<ImageSource> OpenAsync(DatasetSource source, SourceContext context, CancellationToken cancellationToken)
    {
        try
        {
            return source switch
            {
                DatasetSource.Coco coco => await OpenAsync(coco, context, cancellationToken),
                _ => throw new ArgumentException($"Unknown kind of source: {source.GetType().Name}.", nameof(source)),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(DatasetFailure.SourceNotFound, $"The source cannot be read: {error.Message} Give this program the right to read it, or give another place.", error);
        }
    }

    private static async Task<ImageSource> OpenAsync(DatasetSource.Coco coco, SourceContext context, CancellationToken cancellationToken)
    {
        SourceFiles[] images = [.. coco.Images.Select(Open)];
        var annotations = coco.Annotations is { } location ? Open(location) : images[0];
        return await new CocoReading(context).OpenAsync(annotations, images, coco.AnnotationFiles, cancellationToken);
    }

    private static SourceFiles Open(SourceLocation location) => new FolderFiles(location.Uri);
}
