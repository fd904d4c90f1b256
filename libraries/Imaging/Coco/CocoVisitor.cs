namespace Maskwright.Imaging;

/// <summary>Is shown the elements of a COCO file one by one, in the file's order, which puts the lists in any order.</summary>
public abstract class CocoVisitor
{
    /// <summary>
    /// Whether outlines of plain numbers are shown as they stand in the file, unread: numbers are most of a file, and a
    /// visitor that needs few of the annotations, or has more cores, reads them later and finds what is wrong then.
    /// </summary>
    public virtual bool DefersOutlines => false;

    /// <summary>What the file says of itself.</summary>
    /// <param name="description">One line.</param>
    public virtual void Description(string description)
    {
    }

    /// <summary>An element of <c>licenses</c>.</summary>
    /// <param name="license">The licence.</param>
    public virtual void License(CocoLicense license)
    {
    }

    /// <summary>An element of <c>images</c>.</summary>
    /// <param name="image">The picture.</param>
    public abstract void Image(CocoImage image);

    /// <summary>An element of <c>annotations</c>, its region well formed in itself unless <see cref="DefersOutlines"/>.</summary>
    /// <param name="annotation">The annotation, valid during the call.</param>
    public abstract void Annotation(in CocoAnnotationElement annotation);

    /// <summary>An element of <c>categories</c>.</summary>
    /// <param name="category">The category.</param>
    public abstract void Category(CocoCategory category);

    /// <summary>An element that is JSON but not what it must be. Throws it, unless overridden; when this returns, reading goes on behind the element.</summary>
    /// <param name="problem">What is wrong, and where.</param>
    public virtual void Reject(CocoFormatException problem) => throw problem;
}

/// <summary>An annotation as it streams by.</summary>
public readonly ref struct CocoAnnotationElement
{
    /// <summary>Its id.</summary>
    public required long Id { get; init; }

    /// <summary>Id of its image.</summary>
    public required long ImageId { get; init; }

    /// <summary>Id of its category.</summary>
    public required int CategoryId { get; init; }

    /// <summary>True for a region of many objects that are not told apart.</summary>
    public required bool IsCrowd { get; init; }

    /// <summary>Area in pixels as the file says; 0 when it does not.</summary>
    public required double Area { get; init; }

    /// <summary>The region as it stands in the file: UTF-8 JSON for <see cref="CocoSegmentationParser"/>.</summary>
    public required ReadOnlySpan<byte> Segmentation { get; init; }
}
