using SkiaSharp;

namespace Maskwright.Datasets;

/// <summary>
/// The draws of one scene: SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014)
/// started from (seed, index), so that a scene does not depend on the order or the thread it is drawn in.
/// </summary>
internal sealed class SceneRandom(ulong seed, long index)
{
    private ulong _state = Mix(Mix(seed) + (ulong)index);

    /// <summary>A uniform draw from [0, 1).</summary>
    public float Next() => (NextBits() >> 40) * (1f / (1 << 24));

    /// <summary>A uniform draw from [least, most).</summary>
    public float Between(float least, float most) => least + (most - least) * Next();

    /// <summary>A uniform whole number from least to most, both included.</summary>
    public int Whole(int least, int most) => least + (int)(NextBits() % (ulong)(most - least + 1));

    /// <summary>True with the given probability.</summary>
    public bool Chance(float probability) => Next() < probability;

    /// <summary>−1 or 1.</summary>
    public float Sign() => Chance(0.5f) ? -1 : 1;

    /// <summary>One of the choices.</summary>
    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Whole(0, choices.Length - 1)];

    /// <summary>A colour of any hue; saturation and lightness in percent.</summary>
    public SKColor Colour(float saturation, float lightness) =>
        SKColor.FromHsl(
            Between(0, 360),
            Math.Clamp(saturation + Between(-15, 15), 0, 100),
            Math.Clamp(lightness + Between(-12, 12), 0, 100));

    /// <summary>The colour moved a little in lightness, −amount to amount percent.</summary>
    public SKColor Vary(SKColor colour, float amount)
    {
        colour.ToHsl(out var h, out var s, out var l);
        return SKColor.FromHsl(h, s, Math.Clamp(l + Between(-amount, amount), 0, 100), colour.Alpha);
    }

    private ulong NextBits() => Mix(_state += 0x9E3779B97F4A7C15);

    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
