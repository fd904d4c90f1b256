using System.Globalization;

namespace Maskwright.Datasets;

/// <summary>Images and masks that belong together by their path.</summary>
internal static class MaskLayout
{
    private const string ImagesFolder = "images";
    private const string MasksFolder = "masks";
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png"];

    /// <summary>The values of masks as categories: all of them, by name where they have one.</summary>
    public static IReadOnlyCollection<(int Id, string Name)> Categories(IReadOnlyDictionary<int, string> names) =>
        [.. Enumerable.Range(1, 254).Select(value => (value, names.GetValueOrDefault(value, value.ToString(CultureInfo.InvariantCulture))))];

    /// <summary>The classes when none are asked for: the values that have a name, ascending.</summary>
    public static IReadOnlyList<string> ClassNames(IReadOnlyDictionary<int, string> names) => [.. names.OrderBy(name => name.Key).Select(name => name.Value)];

    /// <summary>The images with their masks. One without a mask is bad input.</summary>
    /// <param name="images">Where the images are, anywhere below; or in <c>images/</c>, where the masks are in <c>masks/</c>.</param>
    /// <param name="masks">Where the masks are; null = in <c>masks/</c> of the former.</param>
    /// <param name="suffix">What a mask's name has in addition.</param>
    /// <param name="bad">Takes images without a mask.</param>
    /// <exception cref="DatasetException">There are no images.</exception>
    public static IReadOnlyList<MaskPair> Find(SourceFiles images, SourceFiles? masks, string suffix, BadInput bad)
    {
        var (imageRoot, maskRoot) = masks is null ? (ImagesFolder, MasksFolder) : ("", "");
        var pairs = new List<MaskPair>();
        foreach (var path in Below(images, imageRoot).Where(IsImage).Order(StringComparer.Ordinal))
        {
            var name = imageRoot.Length == 0 ? path : path[(imageRoot.Length + 1)..];
            var mask = SourceFiles.Join(maskRoot, $"{name[..^Path.GetExtension(name).Length]}{suffix}.png");
            var pair = new MaskPair(name, images, path, masks ?? images, mask, name.Contains('/') ? SourceSplit.OfName(name[..name.IndexOf('/')]) : null);
            if (pair.MaskFiles.Contains(mask))
                pairs.Add(pair);
            else
                bad.Add(BadInputKind.Image, DatasetFailure.BadImages, $"{images.Name}: images have no mask. Add the masks, remove the images, or skip bad input:", $"{path}: there is no {mask} in {pair.MaskFiles.Name}");
        }

        return pairs.Count > 0 || !bad.IsEmpty
            ? pairs
            : throw new DatasetException(DatasetFailure.SourceNotFound, $"{SourceFiles.Join(images.Name, imageRoot)} has no images ({string.Join(", ", Extensions)}). {(masks is null ? $"Give a place with {ImagesFolder}/ and {MasksFolder}/, or one for each." : "Give the place of the images.")}");
    }

    private static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> Below(SourceFiles files, string folder) =>
        files.FilesIn(folder).Select(name => SourceFiles.Join(folder, name))
            .Concat(files.FoldersIn(folder).SelectMany(name => Below(files, SourceFiles.Join(folder, name))));
}
