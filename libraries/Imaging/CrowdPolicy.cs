namespace Maskwright.Imaging;

/// <summary>What becomes of crowds, COCO's regions of many objects that are not told apart.</summary>
public enum CrowdPolicy
{
    /// <summary><see cref="IndexMask.Ignore"/>, below every instance.</summary>
    Ignore,

    /// <summary>Their class, like any instance.</summary>
    Paint,

    /// <summary>As if they were not there.</summary>
    Background,
}
