namespace Maskwright.Datasets;

/// <summary>Where PASCAL VOC (Everingham et al. 2010) puts images, masks and image sets.</summary>
internal static class VocLayout
{
    private const string Images = "JPEGImages";
    private const string Masks = "SegmentationClass";
    private const string Sets = "ImageSets/Segmentation";
    private static readonly string[] DefaultSets = ["train", "val"];

    /// <summary>The 20 classes by index, from 1.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
    [
        "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog", "horse",
        "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
    ];

    /// <summary>The classes with their index.</summary>
    public static IReadOnlyCollection<(int Id, string Name)> Categories { get; } = [.. ClassNames.Select((name, i) => (i + 1, name))];

    /// <summary>The images of the sets. One without image or mask is bad input.</summary>
    /// <exception cref="DatasetException">It is not in VOC's layout, or a set is missing.</exception>
    public static async Task<IReadOnlyList<MaskPair>> FindAsync(SourceFiles files, IReadOnlyList<string> sets, BadInput bad, CancellationToken cancellationToken)
    {
        string[] candidates = ["", .. files.FoldersIn("VOCdevkit").Order(StringComparer.Ordinal).Select(year => $"VOCdevkit/{year}"), .. files.FoldersIn("").Order(StringComparer.Ordinal)];
        var root = candidates.FirstOrDefault(folder => files.FoldersIn(folder).Contains(Masks))
            ?? throw new DatasetException(DatasetFailure.SourceNotFound, $"{files.Name} has no {Masks}, neither at its root nor in VOCdevkit/*. It is not in PASCAL VOC's layout; give the folder that holds {Images}, {Masks} and ImageSets.");
        var pairs = new Dictionary<string, MaskPair>(StringComparer.Ordinal);
        foreach (var set in sets.Count > 0 ? sets : DefaultSets)
        {
            var list = SourceFiles.Join(root, $"{Sets}/{set}.txt");
            if (!RealPath.IsPlainRelative(set) || !files.Contains(list))
                throw new DatasetException(DatasetFailure.SourceNotFound, $"{files.Name} has no image set '{list}'. It has: {string.Join(", ", files.FilesIn(SourceFiles.Join(root, Sets)).Order(StringComparer.Ordinal))}.");
            foreach (var id in await ReadAsync(files, list, cancellationToken))
            {
                var pair = new MaskPair($"{id}.jpg", files, SourceFiles.Join(root, $"{Images}/{id}.jpg"), files, SourceFiles.Join(root, $"{Masks}/{id}.png"), SourceSplit.OfName(set));
                var problem = !files.Contains(pair.Image) ? $"there is no {pair.Image}"
                    : !files.Contains(pair.Mask) ? $"there is no {pair.Mask}"
                    : pairs.TryGetValue(id, out var earlier) && earlier.Split != pair.Split ? "it is in several image sets"
                    : null;
                if (problem is null)
                    pairs[id] = pair;
                else
                    bad.Add(BadInputKind.Image, DatasetFailure.BadImages, $"{files.Name}: images of {list} cannot be used. Put them right, take them out of the set, or skip bad input:", $"{id}: {problem}");
            }
        }

        return [.. pairs.Values];
    }

    private static async Task<IEnumerable<string>> ReadAsync(SourceFiles files, string list, CancellationToken cancellationToken)
    {
        try
        {
            using var bytes = await files.ReadAsync(list, cancellationToken);
            var text = System.Text.Encoding.UTF8.GetString(bytes.Span);
            return text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
        }
        catch (ImageProblemException error)
        {
            throw new DatasetException(DatasetFailure.SourceNotFound, $"{files.Name}/{list}: {error.Message}.", error);
        }
    }
}
