namespace Maskwright.Imaging;

/// <summary>What a pixel shows that several annotations cover.</summary>
public enum OverlapPolicy
{
    /// <summary>The highest class index; the order of the annotations is of no account.</summary>
    HighestClass,

    /// <summary>The class of the annotation that comes last in the source.</summary>
    LastAnnotation,

    /// <summary>The class of the annotation that covers the fewest pixels; of equals, the higher class index.</summary>
    SmallestOnTop,

    /// <summary><see cref="IndexMask.Ignore"/>, where the annotations are of different classes.</summary>
    Ignore,
}
