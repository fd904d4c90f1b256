namespace Maskwright.Datasets;

/// <summary>An opened source: the chosen images with their bytes and masks. Any number of threads may read.</summary>
internal abstract class ImageSource : IAsyncDisposable
{
    /// <summary>What to call it in a message.</summary>
    public abstract string Name { get; }

    /// <summary>The chosen images, by ascending <see cref="SourceImage.Key"/>.</summary>
    public abstract IReadOnlyList<SourceImage> Images { get; }

    /// <summary>Names of the class indices, the background first.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>What the dataset was made of.</summary>
    /// <param name="imagesSha256">Digest of the list of the images' names and digests.</param>
    public abstract SourceLineage Lineage(string imagesSha256);

    /// <summary>The file of an image. Whoever asks gives its bytes back.</summary>
    /// <exception cref="ImageProblemException">It cannot be read.</exception>
    public abstract Task<FileBytes> ReadImageAsync(SourceImage image, CancellationToken cancellationToken);

    /// <summary>The mask and the objects of an image.</summary>
    /// <exception cref="ImageProblemException">The file of the mask cannot be used.</exception>
    public abstract Task<PaintedImage> PaintAsync(SourceImage image, CancellationToken cancellationToken);

    /// <summary>Gives back what it holds, but for the places it reads from: these are their opener's.</summary>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
