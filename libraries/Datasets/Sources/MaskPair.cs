namespace Maskwright.Datasets;

/// <summary>An image and the file of its mask.</summary>
/// <param name="Name">Its name in the source: the image's path below the images' folder.</param>
/// <param name="ImageFiles">Where the image is.</param>
/// <param name="Image">Its path there.</param>
/// <param name="MaskFiles">Where the mask is.</param>
/// <param name="Mask">Its path there.</param>
/// <param name="Split">The split that the source puts it in; null when it says nothing.</param>
internal sealed record MaskPair(string Name, SourceFiles ImageFiles, string Image, SourceFiles MaskFiles, string Mask, string? Split);
