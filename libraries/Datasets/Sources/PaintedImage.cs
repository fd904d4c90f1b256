using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>What a source says of an image.</summary>
/// <param name="Mask">Class indices, at the size of <see cref="SourceImage.Image"/>.</param>
/// <param name="Objects">Its objects, boxes in pixels of the mask; null when the source tells none apart.</param>
internal sealed record PaintedImage(IndexMask Mask, IReadOnlyList<SampleObject>? Objects);
