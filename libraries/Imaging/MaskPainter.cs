namespace Maskwright.Imaging;

/// <summary>Joins the annotations of one picture into one mask.</summary>
public static class MaskPainter
{
    /// <summary>Paints the crowds, and the instances above them.</summary>
    /// <param name="image">The picture; the mask gets its size.</param>
    /// <param name="annotations">Its annotations in the file's order, each with its class index, 1 to 254.</param>
    /// <param name="overlap">What happens where instances overlap.</param>
    /// <param name="crowds">What crowds become.</param>
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
        var regions = annotations
            .Where(given => crowds != CrowdPolicy.Background || !given.Annotation.IsCrowd)
            .Select(given => Region(image, given.Annotation, given.ClassIndex))
            .ToLookup(region => region.IsCrowd);
        var mask = IndexMask.Empty(image.Width, image.Height);
        if (crowds == CrowdPolicy.Ignore)
        {
            foreach (var (_, runs, _) in regions[true])
            {
                runs.Paint(mask, IndexMask.Ignore);
            }
        }
        else
        {
            PaintLayer(mask, regions[true], overlap);
        }

        PaintLayer(mask, regions[false], overlap);
        return mask;
    }

    private static void PaintLayer(IndexMask mask, IEnumerable<(bool IsCrowd, Rle Runs, byte Value)> regions, OverlapPolicy overlap)
    {
        if (overlap == OverlapPolicy.Ignore)
        {
            PaintDisputed(mask, regions);
            return;
        }

        // What is painted last is on top. Ordering is stable: equals stay in the file's order.
        var ordered = overlap switch
        {
            OverlapPolicy.HighestClass => regions.OrderBy(region => region.Value),
            OverlapPolicy.SmallestOnTop => regions.OrderByDescending(region => region.Runs.Area).ThenBy(region => region.Value),
            OverlapPolicy.LastAnnotation => regions,
            _ => throw new ArgumentOutOfRangeException(nameof(overlap), overlap, "Unknown overlap policy."),
        };
        foreach (var (_, runs, value) in ordered)
        {
            runs.Paint(mask, value);
        }
    }

    private static void PaintDisputed(IndexMask mask, IEnumerable<(bool IsCrowd, Rle Runs, byte Value)> regions)
    {
        var layer = IndexMask.Empty(mask.Width, mask.Height);
        foreach (var (_, runs, value) in regions)
        {
            runs.PaintUndisputed(layer, value);
        }

        for (var i = 0; i < layer.Pixels.Length; i++)
        {
            mask.Pixels[i] = layer.Pixels[i] == 0 ? mask.Pixels[i] : layer.Pixels[i];
        }
    }

    private static (bool IsCrowd, Rle Runs, byte Value) Region(CocoImage image, CocoAnnotation annotation, byte classIndex)
    {
        if (classIndex is 0 or IndexMask.Ignore)
        {
            throw new ArgumentException($"Annotation {annotation.Id}: a class index is 1 to 254, not {classIndex}.", nameof(classIndex));
        }

        try
        {
            return (annotation.IsCrowd, Rle.FromSegmentation(annotation.Segmentation, image.Height, image.Width), classIndex);
        }
        catch (FormatException e)
        {
            throw new FormatException($"annotation {annotation.Id} of image {image.Id} ({image.FileName}): {e.Message}", e);
        }
    }
}
