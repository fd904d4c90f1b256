namespace Maskwright.Artifacts;

/// <summary>How large objects are cut into parts. What is in memory at once is <see cref="PartBytes"/> times <see cref="Parallel"/>.</summary>
internal sealed record UploadLimits
{
    private const int MiB = 1024 * 1024;

    /// <summary>The usual size of a part, in bytes. Smaller objects go in one request. S3 wants at least 5 MiB.</summary>
    internal int PartBytes { get; init; } = 6 * MiB;

    /// <summary>The most parts an object may have (S3: 10,000).</summary>
    internal int MaxParts { get; init; } = 10_000;

    /// <summary>Parts held and sent at once.</summary>
    internal int Parallel { get; init; } = 3;

    /// <summary>The size of each part but the last, in bytes: more than usual where there would be too many otherwise.</summary>
    internal long PartBytesFor(long length)
    {
        var least = (length + MaxParts - 1) / MaxParts;
        return Math.Max(PartBytes, (least + MiB - 1) / MiB * MiB);
    }
}
