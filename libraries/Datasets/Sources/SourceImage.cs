using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>A chosen image of a source.</summary>
/// <param name="Key">The key of its sample, unique: it orders and identifies it. ASCII letters, digits, <c>-</c> and <c>_</c>.</param>
/// <param name="Image">Its id, name, size in pixels as its annotations say, and licence.</param>
/// <param name="Shows">The class indices it shows, ascending, from 1.</param>
/// <param name="Instances">Its annotations by class index, from 0, crowds not counted.</param>
/// <param name="Split">The split that the source itself puts it in; null when it says nothing.</param>
internal sealed record SourceImage(string Key, CocoImage Image, IReadOnlyList<byte> Shows, IReadOnlyList<int> Instances, string? Split);
