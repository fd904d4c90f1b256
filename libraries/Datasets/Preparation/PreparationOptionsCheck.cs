namespace Maskwright.Datasets;

/// <summary>The ranges of <see cref="PreparationOptions"/>, and what of them excludes each other.</summary>
internal static class PreparationOptionsCheck
{
    private const double SumTolerance = 1e-6;

    /// <exception cref="DatasetException">An option is outside its range.</exception>
    public static void Check(PreparationOptions options)
    {
        CheckClasses(options);
        Require(Enum.IsDefined(options.Match), nameof(options.Match), $"{options.Match} is not known");
        Require(options.MinClassShare is >= 0 and <= 1, nameof(options.MinClassShare), $"{options.MinClassShare} is not within 0 and 1");
        Require(options.MinAnnotationArea is >= 0 and <= 1e9, nameof(options.MinAnnotationArea), $"{options.MinAnnotationArea} is not within 0 and 1,000,000,000 pixels");
        Require(options.MaxImagesPerClass is null or >= 1, nameof(options.MaxImagesPerClass), $"{options.MaxImagesPerClass} is not 1 or more; leave it out to take all");
        Require(options.MaxImages is null or >= 1, nameof(options.MaxImages), $"{options.MaxImages} is not 1 or more; leave it out to take all");
        Require(Enum.IsDefined(options.Overlap), nameof(options.Overlap), $"{options.Overlap} is not known");
        Require(Enum.IsDefined(options.Crowds), nameof(options.Crowds), $"{options.Crowds} is not known");
        if (options.Resize is { } resize)
        {
            Require(Enum.IsDefined(resize.Kind), nameof(options.Resize), $"{resize.Kind} is not known");
            Require(IsSide(resize.Width) && IsSide(resize.Height), nameof(options.Resize), $"{resize.Width}x{resize.Height}: a side is {ResizeOptions.MinSide} to {ResizeOptions.MaxSide} pixels");
        }

        Require(options.JpegQuality is >= 1 and <= 100, nameof(options.JpegQuality), $"{options.JpegQuality} is not within 1 and 100");
        CheckSplit(options);
        Require(options.ShardTargetBytes is >= 1 << 20 and <= 1 << 30, nameof(options.ShardTargetBytes), $"{options.ShardTargetBytes} is not within 1 MiB and 1 GiB");
        Require(Enum.IsDefined(options.BadInput), nameof(options.BadInput), $"{options.BadInput} is not known");
        Require(options.MaxSkippedShare is > 0 and <= 1, nameof(options.MaxSkippedShare), $"{options.MaxSkippedShare} is not above 0 and at most 1");
    }

    private static void CheckClasses(PreparationOptions options)
    {
        var classes = options.Classes;
        Require(classes.Count <= 254, nameof(options.Classes), $"{classes.Count} are more than 254");
        Require(classes.All(name => !string.IsNullOrWhiteSpace(name)), nameof(options.Classes), "a name is empty");
        Require(!classes.Contains("background"), nameof(options.Classes), "'background' is index 0 always; leave it out");
        Require(FirstTwice(classes) is null, nameof(options.Classes), $"'{FirstTwice(classes)}' occurs more than once");
        foreach (var (name, categories) in options.Categories)
        {
            Require(classes.Contains(name), nameof(options.Categories), $"'{name}' is not one of the classes");
            Require(categories.Count > 0 && categories.All(category => !string.IsNullOrWhiteSpace(category)), nameof(options.Categories), $"'{name}' needs names or ids of categories, none of them empty");
        }

        var twice = FirstTwice(options.Categories.Values.SelectMany(categories => categories));
        Require(twice is null, nameof(options.Categories), $"'{twice}' is given twice; a category belongs to one class");
    }

    private static void CheckSplit(PreparationOptions options)
    {
        Require(Enum.IsDefined(options.Split), nameof(options.Split), $"{options.Split} is not known");
        CheckRatio(options.TrainRatio, nameof(options.TrainRatio));
        CheckRatio(options.ValRatio, nameof(options.ValRatio));
        CheckRatio(options.TestRatio, nameof(options.TestRatio));
        var (train, val, test) = (options.TrainRatio, options.ValRatio, options.TestRatio);
        var sum = train + val + test;
        // 1:1:1 is a proportion; 0.8, 0.1 and 0.2 is a slip.
        var areShares = train <= 1 && val <= 1 && test <= 1 && (train < 1 || val < 1 || test < 1);
        Require(!areShares || Math.Abs(sum - 1) <= SumTolerance, "TrainRatio, ValRatio, TestRatio", FormattableString.Invariant($"{train}, {val} and {test} sum to {sum:0.######}, not to 1; correct them, or give whole numbers such as 8:1:1"));
        Require(!options.Stratified || options.Split == SplitKind.Ratios, nameof(options.Stratified), "only a split by ratios can be stratified");
        Require(options.Split == SplitKind.Lists == options.SplitLists.Count > 0, nameof(options.SplitLists), "lists and the split kind Lists need each other");
        foreach (var split in options.SplitLists.Keys)
            Require(SplitAssignment.Names.Contains(split), nameof(options.SplitLists), $"'{split}' is not one of {string.Join(", ", SplitAssignment.Names)}");
        var twice = FirstTwice(options.SplitLists.Values.SelectMany(images => images));
        Require(twice is null, nameof(options.SplitLists), $"the image '{twice}' is listed twice");
    }

    private static void CheckRatio(double ratio, string name) =>
        Require(ratio is > 0 and <= 1e6, name, FormattableString.Invariant($"{ratio} is not above 0 and at most 1,000,000"));

    private static bool IsSide(int pixels) => pixels is >= ResizeOptions.MinSide and <= ResizeOptions.MaxSide;

    private static string? FirstTwice(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;

    private static void Require(bool holds, string option, string problem)
    {
        if (!holds)
            throw new DatasetException(DatasetFailure.InvalidOptions, $"Preparation option {option}: {problem}.");
    }
}
