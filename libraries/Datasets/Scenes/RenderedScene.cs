using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>One drawn scene.</summary>
/// <param name="Picture">What a camera would see.</param>
/// <param name="Instances">Per pixel, row-major: the number of the visible object, 1 = <c>Objects[0]</c>; 0 = none.</param>
/// <param name="Objects">The objects from back to front.</param>
internal sealed record RenderedScene(RgbImage Picture, ushort[] Instances, IReadOnlyList<SceneObject> Objects)
{
    /// <summary>Draws the scene of an index. Depends on nothing but the options and the index.</summary>
    public static RenderedScene Draw(SceneOptions options, int index)
    {
        var random = new SceneRandom(options.Seed, index);
        var (width, height) = SizeOf(random, options.Size);
        using var brush = new Brush(width, height);
        var horizon = Backdrop.Draw(brush, random);
        var objects = new SceneComposer(random, width, height, horizon).Compose();
        for (var i = 0; i < objects.Count; i++)
            objects[i].Draw(brush, random, instance: i + 1);
        return new RenderedScene(Exposure.Develop(brush, random), brush.Instances(), objects);
    }

    /// <summary>Landscape mostly, sometimes square or portrait; the longer side is 80 to 100 % of the size.</summary>
    private static (int Width, int Height) SizeOf(SceneRandom random, int size)
    {
        var longer = (int)(size * random.Between(0.8f, 1f));
        var shorter = (int)(longer * random.Pick(0.75f, 0.75f, 0.75f, 0.67f, 0.8f, 1f));
        return random.Chance(0.12f) ? (shorter, longer) : (longer, shorter);
    }
}
