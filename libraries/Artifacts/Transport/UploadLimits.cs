namespace Maskwright.Artifacts;

/// <summary>
/// How large objects are cut into parts. What is in memory of a stream at once is <see cref="PartBytes"/> times
/// <see cref="Parallel"/>; of a file, which is read as it is sent, next to nothing.
/// </summary>
internal sealed record UploadLimits
{
    private const int MiB = 1024 * 1024;

    /// <summary>The usual size of a part, in bytes. Smaller objects go in one request. S3 wants at least 5 MiB.</summary>
    internal int PartBytes { get; init; } = 6 * MiB;

    /// <summary>The most parts an object may have (S3: 10,000).</summary>
    internal int MaxParts { get; init; } = 10_000;

    /// <summary>Parts of a stream that are held and sent at once.</summary>
    internal int Parallel { get; init; } = 3;

    /// <summary>Parts of a file that are sent at once: the embedded store digests them side by side.</summary>
    internal int ParallelOfFile { get; init; } = 10;

    /// <summary>The largest part of a file, in bytes, unless there would be too many. They are brought to the disk, and read from it, in fewer steps.</summary>
    internal int MaxFilePartBytes { get; init; } = 32 * MiB;

    /// <summary>The size of each part but the last, in bytes: more than usual where there would be too many otherwise.</summary>
    internal long PartBytesFor(long length)
    {
        var least = (length + MaxParts - 1) / MaxParts;
        return Math.Max(PartBytes, WholeMiB(least));
    }

    /// <summary>The size of each part of a file but the last, in bytes: as many as are sent at once, where that makes them no larger than <see cref="MaxFilePartBytes"/>.</summary>
    internal long FilePartBytesFor(long length) =>
        Math.Max(PartBytesFor(length), Math.Min(MaxFilePartBytes, WholeMiB(length / ParallelOfFile)));

    private static long WholeMiB(long bytes) => (bytes + MiB - 1) / MiB * MiB;
}
