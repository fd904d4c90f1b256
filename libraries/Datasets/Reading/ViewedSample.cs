namespace Maskwright.Datasets;

/// <summary>One sample of a dataset, its files taken out of the shard as objects that can be linked to.</summary>
/// <param name="Key">Its name, unique in the dataset.</param>
/// <param name="Split">"train", "val" or "test".</param>
/// <param name="Info">Where it comes from, and its size.</param>
/// <param name="Classes">The class indices that its mask shows, ascending.</param>
/// <param name="ImageKey">Object of the JPEG.</param>
/// <param name="MaskKey">Object of the palette PNG.</param>
/// <param name="OverlayKey">Object of the mask laid over the image, a JPEG.</param>
public sealed record ViewedSample(
    string Key, string Split, SampleInfo Info, IReadOnlyList<int> Classes, string ImageKey, string MaskKey, string OverlayKey);
