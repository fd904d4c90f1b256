namespace Maskwright.Segmentation;

/// <summary>How much of a split is kept decoded. What is trained does not depend on it, only how fast.</summary>
public sealed record SampleCacheLimits
{
    /// <summary>Bytes of decoded samples in memory, 0 or more.</summary>
    public long MemoryBytes { get; init; } = 2L << 30;

    /// <summary>
    /// Bytes of decoded samples in a memory-mapped temporary file, once memory has its share, 0 or more. The system keeps as much
    /// of it in memory as it can spare. The encoded bytes of samples beyond it, which are decoded at each use, follow in the file.
    /// </summary>
    public long FileBytes { get; init; } = 16L << 30;

    /// <summary>Where the file is made; it has no name there, and goes with its process.</summary>
    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>What is left beside a cache.</summary>
    /// <param name="cache">The cache.</param>
    public SampleCacheLimits Beside(SampleCache cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return this with { MemoryBytes = MemoryBytes - cache.MemoryBytes, FileBytes = FileBytes - cache.FileBytes };
    }
}
