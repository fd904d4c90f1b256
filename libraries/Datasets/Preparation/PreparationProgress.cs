namespace Maskwright.Datasets;

/// <summary>The stages of a preparation, in order.</summary>
public enum PreparationStage
{
    /// <summary>Fetching files from URLs into the cache; only where the source has some.</summary>
    Download,

    /// <summary>Reading the annotations, or the masks.</summary>
    ReadAnnotations,

    /// <summary>Checking every image: there, decodable, of the size the annotations say.</summary>
    Scan,

    /// <summary>Rasterising masks and filling shards, which are uploaded as they close.</summary>
    Rasterise,

    /// <summary>Writing statistics and manifest.</summary>
    Commit,
}

/// <summary>How far a preparation is.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Done">Units done in this stage.</param>
/// <param name="Total">Units of this stage; 0 when that is not known.</param>
/// <param name="Unit">What is counted: "bytes", "images" or "objects".</param>
public sealed record PreparationProgress(PreparationStage Stage, long Done, long Total, string Unit);
