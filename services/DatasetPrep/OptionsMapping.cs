using Maskwright.Dataset.V1;
using Maskwright.Datasets;
using Maskwright.ServiceDefaults;
using BadInputPolicy = Maskwright.Datasets.BadInputPolicy;
using ClassMatch = Maskwright.Datasets.ClassMatch;
using CrowdPolicy = Maskwright.Imaging.CrowdPolicy;
using OverlapPolicy = Maskwright.Imaging.OverlapPolicy;
using PreparationOptions = Maskwright.Datasets.PreparationOptions;
using SplitKind = Maskwright.Datasets.SplitKind;
using WireOptions = Maskwright.Dataset.V1.PreparationOptions;

namespace Maskwright.DatasetPrep;

/// <summary>The contract's options in the library's terms.</summary>
internal static class OptionsMapping
{
    /// <summary>The options, with defaults for what is absent.</summary>
    /// <exception cref="Grpc.Core.RpcException">An option is of a value that the contract does not know.</exception>
    public static PreparationOptions ToLibrary(WireOptions asked)
    {
        var defaults = new PreparationOptions();
        var hasRatios = asked.TrainRatio != 0 || asked.ValRatio != 0 || asked.TestRatio != 0;
        return new PreparationOptions
        {
            Classes = asked.Classes.Count > 0 ? [.. asked.Classes] : defaults.Classes,
            Categories = asked.Categories.ToDictionary(entry => entry.Key, IReadOnlyList<string> (entry) => [.. entry.Value.Names], StringComparer.Ordinal),
            Match = Known<ClassMatch>((int)asked.Match, "match"),
            MinClassShare = asked.MinClassShare,
            MinAnnotationArea = asked.MinAnnotationArea,
            MaxImagesPerClass = asked.MaxImagesPerClass == 0 ? null : asked.MaxImagesPerClass,
            MaxImages = asked.MaxImages == 0 ? null : asked.MaxImages,
            Overlap = Known<OverlapPolicy>((int)asked.Overlap, "overlap"),
            Crowds = Known<CrowdPolicy>((int)asked.Crowds, "crowds"),
            Resize = ToLibrary(asked.Resize),
            JpegQuality = asked.JpegQuality == 0 ? defaults.JpegQuality : asked.JpegQuality,
            Split = Known<SplitKind>((int)asked.Split, "split"),
            TrainRatio = hasRatios ? asked.TrainRatio : defaults.TrainRatio,
            ValRatio = hasRatios ? asked.ValRatio : defaults.ValRatio,
            TestRatio = hasRatios ? asked.TestRatio : defaults.TestRatio,
            Stratified = asked.Stratified,
            SplitLists = ToLibrary(asked.SplitLists),
            Seed = asked.Seed,
            ShardTargetBytes = asked.ShardTargetBytes == 0 ? defaults.ShardTargetBytes : asked.ShardTargetBytes,
            BadInput = Known<BadInputPolicy>((int)asked.BadInput, "bad_input"),
            MaxSkippedShare = asked.MaxSkippedShare == 0 ? defaults.MaxSkippedShare : asked.MaxSkippedShare,
        };
    }

    // The contract's enums have the library's values in the library's order behind an UNSPECIFIED that means the first.
    private static T Known<T>(int wire, string field)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        return wire >= 0 && wire <= values.Length
            ? values[Math.Max(0, wire - 1)]
            : throw RpcErrors.InvalidArgument($"dataset.options.{field}", $"{wire} is not one of its values.");
    }

    private static ResizeOptions? ToLibrary(Resize? asked) => asked?.TargetCase switch
    {
        null => null,
        Resize.TargetOneofCase.LongestSide => new ResizeOptions(ResizeKind.LongestSide, asked.LongestSide, asked.LongestSide),
        Resize.TargetOneofCase.ShortestSide => new ResizeOptions(ResizeKind.ShortestSide, asked.ShortestSide, asked.ShortestSide),
        Resize.TargetOneofCase.Letterbox => new ResizeOptions(ResizeKind.Letterbox, asked.Letterbox.Width, asked.Letterbox.Height),
        Resize.TargetOneofCase.Stretch => new ResizeOptions(ResizeKind.Stretch, asked.Stretch.Width, asked.Stretch.Height),
        _ => throw RpcErrors.InvalidArgument("dataset.options.resize", "set longest_side, shortest_side, letterbox or stretch, or leave it out."),
    };

    private static Dictionary<string, IReadOnlyList<string>> ToLibrary(IEnumerable<SplitList> asked)
    {
        var lists = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var list in asked)
            if (!lists.TryAdd(list.Split, [.. list.Images]))
                throw RpcErrors.InvalidArgument("dataset.options.split_lists", $"'{list.Split}' has two lists; join them.");
        return lists;
    }
}
