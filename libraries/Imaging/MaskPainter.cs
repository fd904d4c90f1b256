namespace Maskwright.Imaging;

/// <summary>Joins the annotations of one picture into one mask.</summary>
public static class MaskPainter
{
    /// <summary>
    /// Paints crowds first, as <see cref="IndexMask.Ignore"/>, then the instances by ascending class index: a higher
    /// class index wins every overlap, and an instance wins over a crowd. The order of the annotations is of no account.
    /// </summary>
    /// <param name="image">The picture; the mask gets its size.</param>
    /// <param name="annotations">Its annotations, each with its class index, 1 to 254 (of no account for a crowd).</param>
    /// <returns>A mask where what no annotation covers is 0.</returns>
    /// <exception cref="ArgumentException">An instance's class index is 0 or 255.</exception>
    /// <exception cref="FormatException">A region is malformed or of another size; names the annotation.</exception>
    public static IndexMask Paint(CocoImage image, IEnumerable<(CocoAnnotation Annotation, byte ClassIndex)> annotations)
    {
        ArgumentNullException.ThrowIfNull(image);
        var mask = IndexMask.Empty(image.Width, image.Height);
        foreach (var (annotation, classIndex) in annotations.OrderBy(a => a.Annotation.IsCrowd ? 0 : a.ClassIndex))
        {
            if (!annotation.IsCrowd && classIndex is 0 or IndexMask.Ignore)
            {
                throw new ArgumentException($"Annotation {annotation.Id}: an instance's class index is 1 to 254, not {classIndex}.", nameof(annotations));
            }

            RunsOf(annotation, image).Paint(mask, annotation.IsCrowd ? IndexMask.Ignore : classIndex);
        }

        return mask;
    }

    private static Rle RunsOf(CocoAnnotation annotation, CocoImage image)
    {
        try
        {
            return Rle.FromSegmentation(annotation.Segmentation, image.Height, image.Width);
        }
        catch (FormatException e)
        {
            throw new FormatException($"annotation {annotation.Id} of image {image.Id} ({image.FileName}): {e.Message}", e);
        }
    }
}
