namespace Maskwright.MetricsCollector.Pages.Run.Live;

/// <summary>What has happened to a run since the last news.</summary>
internal sealed record RunNews
{
    /// <summary>Points that were kept, by metric, each in the order of its steps.</summary>
    public required IReadOnlyList<StoredSeries> Points { get; init; }

    /// <summary>The run, where it has changed.</summary>
    public StoredRun? Run { get; init; }

    /// <summary>Whether images were kept.</summary>
    public bool HasImages { get; init; }

    /// <summary>Whether lines of text were kept.</summary>
    public bool HasEvents { get; init; }

    /// <summary>Whether some points are missing here and must be asked for.</summary>
    public bool Lagged { get; init; }

    /// <summary>Whether it was deleted.</summary>
    public bool IsDeleted { get; init; }
}
