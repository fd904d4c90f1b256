namespace Maskwright.Datasets;

/// <summary>Which images are taken by the classes they show.</summary>
public enum ClassMatch
{
    /// <summary>Those that show any of the classes.</summary>
    Any,

    /// <summary>Those that show all of the classes.</summary>
    All,
}

/// <summary>What decides the split of an image.</summary>
public enum SplitKind
{
    /// <summary>A seeded hash and the ratios.</summary>
    Ratios,

    /// <summary>Given lists.</summary>
    Lists,

    /// <summary>The source: its image set, the name of its annotation file or of its top folder.</summary>
    Source,
}

/// <summary>What becomes of images and annotations that cannot be used.</summary>
public enum BadInputPolicy
{
    /// <summary>The preparation fails, with one error that lists the first 20.</summary>
    Fail,

    /// <summary>They are left out, counted and listed in the statistics.</summary>
    Skip,
}
