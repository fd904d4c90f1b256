namespace Maskwright.Datasets;

/// <summary>What <see cref="ScenesGenerator"/> draws. The same options always give the same pixels and annotations.</summary>
public sealed record SceneOptions
{
    /// <summary>Number of scenes, 1 to 1,000,000.</summary>
    public int Count { get; init; } = 600;

    /// <summary>Seed of every draw. Each scene draws from (seed, index), so a smaller count gives a prefix of a larger one.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Longer side of the largest scene in pixels, 64 to 2048. Scenes vary in size and aspect below it.</summary>
    public int Size { get; init; } = 320;

    /// <summary>JPEG quality, 1 to 100.</summary>
    public int JpegQuality { get; init; } = 90;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public void Validate()
    {
        Check(Count, 1, 1_000_000, nameof(Count));
        Check(Size, 64, 2048, nameof(Size));
        Check(JpegQuality, 1, 100, nameof(JpegQuality));
    }

    private static void Check(int value, int least, int most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"SceneOptions.{name} must lie between {least} and {most}.");
    }
}
