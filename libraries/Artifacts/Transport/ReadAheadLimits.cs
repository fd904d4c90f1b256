namespace Maskwright.Artifacts;

/// <summary>How far ahead of its reader a large object is fetched: <see cref="Parallel"/> ranges of <see cref="RangeBytes"/>, which are in memory meanwhile.</summary>
internal sealed record ReadAheadLimits
{
    /// <summary>The size of a range, in bytes. Smaller objects come in one request.</summary>
    internal int RangeBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Ranges that are fetched at once.</summary>
    internal int Parallel { get; init; } = 4;
}
