namespace Maskwright.Imaging;

/// <summary>What becomes of crowds: regions of many objects that are not told apart. Instances always lie above them.</summary>
public enum CrowdPolicy
{
    /// <summary>Their pixels become <see cref="IndexMask.Ignore"/>.</summary>
    Ignore,

    /// <summary>They are painted as their class, those among them that overlap by the <see cref="OverlapPolicy"/>.</summary>
    Paint,

    /// <summary>They are left out: their pixels stay what they would be without them.</summary>
    Background,
}
