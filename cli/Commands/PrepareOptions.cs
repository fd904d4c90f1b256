using System.CommandLine;
using System.Globalization;
using Maskwright.Dataset.V1;

namespace Maskwright.Cli;

/// <summary>What <c>maskwright dataset prepare</c> can be told of images, masks, splits and bad input.</summary>
internal sealed class PrepareOptions
{
    private readonly Option<string?> _match = Choice("--match", "Take images that show any of the classes, or all of them. Default: any.", "any", "all");
    private readonly Option<double?> _minClassShare = CommonOptions.Number<double>("--min-class-share", "SHARE", "Take images of which at least this share of the pixels, 0 to 1, shows a class.");
    private readonly Option<double?> _minAnnotationArea = CommonOptions.Number<double>("--min-annotation-area", "PIXELS", "Leave out annotations with a smaller area.");
    private readonly Option<int?> _maxPerClass = CommonOptions.Number<int>("--max-per-class", "N", "Take at most N images of each class, chosen by the seed, the rarest class first.", aboveZero: true);
    private readonly Option<string?> _overlap = Choice("--overlap", "What a pixel shows where annotations overlap. Default: highest-class.", "highest-class", "last-annotation", "smallest-on-top", "ignore");
    private readonly Option<string?> _crowds = Choice("--crowds", "What becomes of crowds: 255, their class, or background. Default: ignore.", "ignore", "paint", "background");
    private readonly Option<int?> _longestSide = CommonOptions.Number<int>("--longest-side", "PIXELS", "Scale down so that the longer side has at most this many pixels.", aboveZero: true);
    private readonly Option<int?> _shortestSide = CommonOptions.Number<int>("--shortest-side", "PIXELS", "Scale down so that the shorter side has at most this many pixels.", aboveZero: true);
    private readonly Option<string?> _letterbox = CommonOptions.Of<string?>("--letterbox", "WxH", "Fit into this size; the rest is black in the image and 255 in the mask.");
    private readonly Option<string?> _stretch = CommonOptions.Of<string?>("--stretch", "WxH", "Stretch to this size.");
    private readonly Option<int?> _jpegQuality = CommonOptions.Number<int>("--jpeg-quality", "Q", "Quality of images that are encoded again, 1 to 100. Default: 95. JPEG sources that are not resized are kept bit for bit.", aboveZero: true);
    private readonly Option<string?> _ratios = CommonOptions.Of<string?>("--ratios", "TRAIN:VAL:TEST", "Shares of the splits. Default: 8:1:1.");
    private readonly Option<bool> _stratified = new("--stratified") { Description = "Keep each class's share of images in every split near the ratios." };
    private readonly Option<bool> _bySource = new("--split-by-source") { Description = "Split as the source does: by image set (VOC), by the name of the annotation file (COCO) or of the top folder (masks)." };
    private readonly Option<string[]> _lists = Many("--split-list", "SPLIT=FILE", "Take the images of a split from a file with an image id or file name a line. Can be repeated.");
    private readonly Option<int?> _shardSize = CommonOptions.Number<int>("--shard-mib", "MIB", "Size at which a shard is closed, 1 to 1,024 MiB. Default: 64.", aboveZero: true);
    private readonly Option<string?> _badInput = Choice("--bad-input", "Fail with a list of what cannot be used, or skip and count it. Default: fail.", "fail", "skip");
    private readonly Option<double?> _maxSkippedShare = CommonOptions.Number<double>("--max-skipped-share", "SHARE", "With --bad-input skip: fail when more than this share of images or annotations cannot be used. Default: 0.05.", aboveZero: true);

    public PrepareOptions(Command command)
    {
        foreach (Option option in (Option[])[_match, _minClassShare, _minAnnotationArea, _maxPerClass, _overlap, _crowds, _longestSide, _shortestSide,
            _letterbox, _stretch, _jpegQuality, _ratios, _stratified, _bySource, _lists, _shardSize, _badInput, _maxSkippedShare])
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (((Option[])[_longestSide, _shortestSide, _letterbox, _stretch]).Count(option => result.GetResult(option) is not null) > 1)
                result.AddError("Give one of --longest-side, --shortest-side, --letterbox and --stretch.");
        });
    }

    /// <summary>Puts what was typed into the options.</summary>
    public void Apply(CommandCall call, PreparationOptions options)
    {
        var typed = call.Options;
        options.Match = Value<ClassMatch>(typed.GetValue(_match));
        options.MinClassShare = typed.GetValue(_minClassShare) ?? 0;
        options.MinAnnotationArea = typed.GetValue(_minAnnotationArea) ?? 0;
        options.MaxImagesPerClass = typed.GetValue(_maxPerClass) ?? 0;
        options.Overlap = Value<OverlapPolicy>(typed.GetValue(_overlap));
        options.Crowds = Value<CrowdPolicy>(typed.GetValue(_crowds));
        options.Resize = ReadResize(typed);
        options.JpegQuality = typed.GetValue(_jpegQuality) ?? 0;
        options.Stratified = typed.GetValue(_stratified);
        options.ShardTargetBytes = (typed.GetValue(_shardSize) ?? 0) * (1L << 20);
        options.BadInput = Value<BadInputPolicy>(typed.GetValue(_badInput));
        options.MaxSkippedShare = typed.GetValue(_maxSkippedShare) ?? 0;
        if (typed.GetValue(_ratios) is { } ratios)
            (options.TrainRatio, options.ValRatio, options.TestRatio) = ReadRatios(ratios);
        foreach (var list in typed.GetValue(_lists) ?? [])
            options.SplitLists.Add(ReadList(call, list));
        options.Split = options.SplitLists.Count > 0 ? SplitKind.Lists : typed.GetValue(_bySource) ? SplitKind.Source : SplitKind.Unspecified;
    }

    internal static Option<string[]> Many(string name, string helpName, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    private static Option<string?> Choice(string name, string description, params string[] values)
    {
        var option = CommonOptions.Of<string?>(name, string.Join('|', values), description);
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    // "smallest-on-top" is SmallestOnTop.
    private static T Value<T>(string? typed)
        where T : struct, Enum => typed is null ? default : Enum.Parse<T>(typed.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);

    private Resize? ReadResize(ParseResult typed) =>
        typed.GetValue(_longestSide) is { } longest ? new Resize { LongestSide = longest }
        : typed.GetValue(_shortestSide) is { } shortest ? new Resize { ShortestSide = shortest }
        : typed.GetValue(_letterbox) is { } box ? new Resize { Letterbox = ReadSize("--letterbox", box) }
        : typed.GetValue(_stretch) is { } stretch ? new Resize { Stretch = ReadSize("--stretch", stretch) }
        : null;

    private static FrameSize ReadSize(string option, string typed)
    {
        var sides = typed.Split('x');
        return sides.Length == 2
            && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            ? new FrameSize { Width = width, Height = height }
            : throw new UsageException($"{option} '{typed}' is no size such as 512x512.");
    }

    private static (double Train, double Val, double Test) ReadRatios(string typed)
    {
        var parts = typed.Split(':').Select(part => double.TryParse(part, CultureInfo.InvariantCulture, out var share) ? share : double.NaN).ToArray();
        return parts.Length == 3 && parts.All(double.IsFinite)
            ? (parts[0], parts[1], parts[2])
            : throw new UsageException($"--ratios '{typed}' are no three shares such as 8:1:1.");
    }

    private static SplitList ReadList(CommandCall call, string typed)
    {
        var parts = typed.Split('=', 2);
        if (parts.Length != 2)
            throw new UsageException($"--split-list '{typed}': expected is SPLIT=FILE, such as val=val.txt.");
        var path = call.Terminal.AbsolutePath(parts[1]);
        try
        {
            return new SplitList { Split = parts[0], Images = { File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0) } };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--split-list '{typed}': {error.Message}");
        }
    }
}
