using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>
/// Writes down the visible region of every object as COCO does: polygons for instances, run lengths for crowds,
/// packed for every other image.
/// </summary>
internal static class SceneAnnotator
{
    /// <summary>Regions of fewer pixels are not annotated.</summary>
    private const int LeastArea = 24;

    /// <summary>Parts and holes of fewer pixels are dropped or filled.</summary>
    private const int LeastPart = 6;

    /// <summary>The most a region may grow by an unsteady hand.</summary>
    private const double MostSpilt = 0.03;

    public static List<CocoAnnotation> Annotate(RenderedScene scene, CocoImage image, ulong seed)
    {
        var random = new SceneRandom(~seed, image.Id);
        var annotations = new List<CocoAnnotation>();
        var visible = new bool[image.Width * image.Height];
        for (var i = 0; i < scene.Objects.Count; i++)
        {
            var area = 0;
            for (var pixel = 0; pixel < visible.Length; pixel++)
                area += (visible[pixel] = scene.Instances[pixel] == i + 1) ? 1 : 0;

            var placed = scene.Objects[i];
            if (!placed.IsCrowd && random.Chance(0.15f))
                area += SpillOver(visible, area, scene.Instances, image.Width);
            if (area < LeastArea)
                continue;

            var region = placed.IsCrowd ? Runs(visible, image) : Outline(visible, image);
            if (region is not null)
                annotations.Add(new CocoAnnotation(image.Id * 100 + i, image.Id, placed.CategoryId, placed.IsCrowd, area, region));
        }

        return annotations;
    }

    /// <summary>
    /// An annotator's unsteady hand: the region spills one pixel over the objects it touches, so that annotations
    /// overlap a little, as they do in COCO. Regions that are all border stay as they are.
    /// </summary>
    private static int SpillOver(bool[] visible, int area, ushort[] instances, int width)
    {
        var spilt = new List<int>();
        for (var pixel = width; pixel < visible.Length - width; pixel++)
            if (!visible[pixel] && instances[pixel] != 0
                && (visible[pixel - 1] || visible[pixel + 1] || visible[pixel - width] || visible[pixel + width]))
                spilt.Add(pixel);
        if (spilt.Count > area * MostSpilt)
            return 0;
        foreach (var pixel in spilt)
            visible[pixel] = true;
        return spilt.Count;
    }

    private static CocoSegmentation.Polygons? Outline(bool[] visible, CocoImage image)
    {
        var parts = ContourTracer.Trace(visible, image.Width, image.Height, LeastPart);
        return parts.Count > 0 ? new CocoSegmentation.Polygons(parts) : null;
    }

    private static CocoSegmentation Runs(bool[] visible, CocoImage image)
    {
        var counts = new List<uint>();
        var (inside, run) = (false, 0u);
        for (var x = 0; x < image.Width; x++)
        {
            for (var y = 0; y < image.Height; y++, run++)
            {
                if (visible[y * image.Width + x] == inside)
                    continue;
                counts.Add(run);
                (inside, run) = (!inside, 0);
            }
        }

        counts.Add(run);
        return image.Id % 2 == 0
            ? new CocoSegmentation.CompressedRle(image.Height, image.Width, Rle.FromCounts(image.Height, image.Width, counts.ToArray()).ToString())
            : new CocoSegmentation.UncompressedRle(image.Height, image.Width, [.. counts]);
    }
}
