namespace Maskwright.Imaging;

/// <summary>Joins the annotations of one picture into one mask.</summary>
public static class MaskPainter
{
    /// <summary>Paints the annotations one over the other.</summary>
    /// <param name="image">The picture; the mask gets its size.</param>
    /// <param name="annotations">Its annotations in the source's order, each with its class index, 1 to 254.</param>
    /// <param name="overlap">What a pixel shows that several annotations cover.</param>
    /// <param name="crowds">What becomes of crowds.</param>
    /// <returns>A mask where what no annotation covers is 0.</returns>
    /// <exception cref="ArgumentException">A class index is 0 or 255.</exception>
    /// <exception cref="FormatException">A region is malformed or of another size; names the annotation.</exception>
    public static IndexMask Paint(
        CocoImage image,
        IEnumerable<(CocoAnnotation Annotation, byte ClassIndex)> annotations,
        OverlapPolicy overlap = OverlapPolicy.HighestClass,
        CrowdPolicy crowds = CrowdPolicy.Ignore)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(annotations);
        var mask = IndexMask.Empty(image.Width, image.Height);
        var regions = new List<(Rle Runs, byte Value)>();
        foreach (var (annotation, classIndex) in annotations)
        {
            if (crowds == CrowdPolicy.Paint || !annotation.IsCrowd)
            {
                regions.Add(Region(image, annotation, classIndex));
            }
            else if (crowds == CrowdPolicy.Ignore)
            {
                Region(image, annotation, classIndex).Runs.Paint(mask, IndexMask.Ignore);
            }
        }

        if (overlap == OverlapPolicy.Ignore)
        {
            PaintDisputed(mask, regions);
        }
        else
        {
            PaintInOrder(mask, regions, overlap);
        }

        return mask;
    }

    private static void PaintInOrder(IndexMask mask, IEnumerable<(Rle Runs, byte Value)> regions, OverlapPolicy overlap)
    {
        // What is painted last is on top. Ordering is stable: equals stay in the source's order.
        var ordered = overlap switch
        {
            OverlapPolicy.HighestClass => regions.OrderBy(region => region.Value),
            OverlapPolicy.SmallestOnTop => regions.OrderByDescending(region => region.Runs.Area).ThenBy(region => region.Value),
            OverlapPolicy.LastAnnotation => regions,
            _ => throw new ArgumentOutOfRangeException(nameof(overlap), overlap, "Unknown overlap policy."),
        };
        foreach (var (runs, value) in ordered)
        {
            runs.Paint(mask, value);
        }
    }

    private static void PaintDisputed(IndexMask mask, IEnumerable<(Rle Runs, byte Value)> regions)
    {
        var layer = IndexMask.Empty(mask.Width, mask.Height);
        foreach (var (runs, value) in regions)
        {
            runs.PaintUndisputed(layer, value);
        }

        for (var i = 0; i < layer.Pixels.Length; i++)
        {
            mask.Pixels[i] = layer.Pixels[i] == 0 ? mask.Pixels[i] : layer.Pixels[i];
        }
    }

    private static (Rle Runs, byte Value) Region(CocoImage image, CocoAnnotation annotation, byte classIndex)
    {
        if (classIndex is 0 or IndexMask.Ignore)
        {
            throw new ArgumentException($"Annotation {annotation.Id}: a class index is 1 to 254, not {classIndex}.", nameof(classIndex));
        }

        try
        {
            return (Rle.FromSegmentation(annotation.Segmentation, image.Height, image.Width), classIndex);
        }
        catch (FormatException e)
        {
            throw new FormatException($"annotation {annotation.Id} of image {image.Id} ({image.FileName}): {e.Message}", e);
        }
    }
}
