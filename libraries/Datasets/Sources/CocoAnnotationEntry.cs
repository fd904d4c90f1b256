namespace Maskwright.Datasets;

/// <summary>What is kept in memory of an annotation. A dataset may have a million of them.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ImageId">Id of its image.</param>
/// <param name="Area">Its area in pixels, as the file says.</param>
/// <param name="Offset">Where its region lies in the <see cref="RegionStore"/>.</param>
/// <param name="Length">Bytes of its region.</param>
/// <param name="CategoryId">Id of its category.</param>
/// <param name="IsCrowd">Whether it is a region of many objects.</param>
internal readonly record struct CocoAnnotationEntry(long Id, long ImageId, double Area, long Offset, int Length, int CategoryId, bool IsCrowd);
