namespace Maskwright.Imaging;

/// <summary>One picture of a COCO data set.</summary>
/// <param name="Id">Unique among the images.</param>
/// <param name="FileName">Path of the picture below the image folder.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="License">Id of its licence; 0 when none is given.</param>
public sealed record CocoImage(long Id, string FileName, int Width, int Height, int License);

/// <summary>One category of a COCO data set.</summary>
/// <param name="Id">Unique among the categories; COCO's 80 have ids 1 to 90 with gaps.</param>
/// <param name="Name">For example "person".</param>
/// <param name="Supercategory">For example "vehicle"; null when none is given.</param>
public sealed record CocoCategory(int Id, string Name, string? Supercategory);

/// <summary>One object, or one crowd of objects, in a picture.</summary>
/// <param name="Id">Unique among the annotations.</param>
/// <param name="ImageId">Id of its <see cref="CocoImage"/>.</param>
/// <param name="CategoryId">Id of its <see cref="CocoCategory"/>.</param>
/// <param name="IsCrowd">True for a region of many objects that are not told apart.</param>
/// <param name="Area">Area in pixels as the annotators' tool computed it (not the pixel count, for crowds).</param>
/// <param name="Segmentation">Where it is.</param>
public sealed record CocoAnnotation(
    long Id,
    long ImageId,
    int CategoryId,
    bool IsCrowd,
    double Area,
    CocoSegmentation Segmentation);
