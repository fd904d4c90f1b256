namespace Maskwright.Imaging;

/// <summary>Which class a pixel gets that several instances cover.</summary>
public enum OverlapPolicy
{
    /// <summary>The highest class index; the order of the annotations is of no account.</summary>
    HighestClass,

    /// <summary>The class of the annotation that comes last in the file.</summary>
    LastAnnotation,

    /// <summary>The class of the instance that covers the fewest pixels; of equals, that of the higher class index.</summary>
    SmallestOnTop,

    /// <summary>None where they are of different classes: such pixels become <see cref="IndexMask.Ignore"/>.</summary>
    Ignore,
}
