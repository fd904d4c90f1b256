using System.CommandLine;
using System.Globalization;
using Maskwright.Dataset.V1;

namespace Maskwright.Cli;

/// <summary>The sources that only <c>maskwright dataset prepare</c> reads.</summary>
internal sealed class SourceOptions
{
    private readonly Option<string?> _preset = CommonOptions.Of<string?>("--preset", "NAME", "A well-known dataset with its options: coco2014-val-5, which is COCO 2014 val from its publisher, five classes, at most 8,000 images, 8:1:1.");
    private readonly Option<string?> _mirror = CommonOptions.Of<string?>("--mirror", "URL", "With --preset: fetch from a mirror of the publisher's layout.");
    private readonly Option<string[]> _moreImages = PrepareOptions.Many("--more-images", "PLACE", "With --coco: another place of images. Can be repeated.");
    private readonly Option<string?> _annotations = CommonOptions.Of<string?>("--annotations", "PLACE", "With --coco: where the annotations are, when they are not beside the images; also a .json.");
    private readonly Option<string[]> _annotationFiles = PrepareOptions.Many("--annotation-file", "NAME", "With --coco: the annotation file to take, of several. Can be repeated.");
    private readonly Option<string?> _voc = CommonOptions.Of<string?>("--voc", "PLACE", "Read PASCAL VOC: JPEGImages, SegmentationClass and ImageSets/Segmentation.");
    private readonly Option<string[]> _imageSets = PrepareOptions.Many("--image-set", "NAME", "With --voc: an image set to take. Can be repeated. Default: train and val.");
    private readonly Option<string?> _maskImages = CommonOptions.Of<string?>("--mask-images", "PLACE", "Read images whose masks are PNGs of class indices; with images/ and masks/ in it unless --masks is given.");
    private readonly Option<string?> _masks = CommonOptions.Of<string?>("--masks", "PLACE", "With --mask-images: where the masks are.");
    private readonly Option<string?> _maskSuffix = CommonOptions.Of<string?>("--mask-suffix", "TEXT", "With --mask-images: what a mask's name has in addition, such as _mask.");
    private readonly Option<string[]> _valueNames = PrepareOptions.Many("--value-name", "VALUE=NAME", "With --mask-images: name a value of the masks, such as 7=road. Can be repeated.");

    public SourceOptions(Command command)
    {
        foreach (Option option in (Option[])[_preset, _mirror, _moreImages, _annotations, _annotationFiles, _voc, _imageSets, _maskImages, _masks, _maskSuffix, _valueNames])
            command.Add(option);
        command.Validators.Add(result =>
        {
            string[] sources = ["--coco", "--scenes", "--preset", "--voc", "--mask-images"];
            if (result.Children.OfType<System.CommandLine.Parsing.OptionResult>().Count(given => !given.Implicit && sources.Contains(given.Option.Name)) > 1)
                result.AddError($"Give one of {string.Join(", ", sources)}.");
        });
    }

    /// <summary>Puts the source that was typed into the dataset.</summary>
    public void Apply(CommandCall call, Dataset.V1.Dataset dataset)
    {
        var typed = call.Options;
        if (typed.GetValue(_preset) is { } preset)
            dataset.Preset = new Preset { Name = preset, BaseUrl = typed.GetValue(_mirror) ?? "" };
        else if (typed.GetValue(_voc) is { } voc)
            dataset.VocFiles = new VocFiles { Location = SourcePlace.Parse(call, voc), ImageSets = { typed.GetValue(_imageSets) } };
        else if (typed.GetValue(_maskImages) is { } images)
            dataset.MaskFiles = ReadMasks(call, images);
        else
            ApplyCoco(call, dataset);
    }

    private void ApplyCoco(CommandCall call, Dataset.V1.Dataset dataset)
    {
        var annotations = call.Options.GetValue(_annotations);
        var (more, files) = (call.Options.GetValue(_moreImages) ?? [], call.Options.GetValue(_annotationFiles) ?? []);
        if (annotations is null && more.Length + files.Length == 0)
            return;
        if (dataset.CocoFolder is { } folder)
            dataset.CocoFiles = new CocoFiles { Images = { new Location { Uri = folder.Path } } };
        if (dataset.CocoFiles is not { } coco)
            throw new UsageException("--annotations, --annotation-file and --more-images need --coco.");
        coco.Images.AddRange(more.Select(place => SourcePlace.Parse(call, place)));
        coco.Annotations = annotations is null ? null : SourcePlace.Parse(call, annotations);
        coco.AnnotationFiles.AddRange(files);
    }

    private MaskFiles ReadMasks(CommandCall call, string images)
    {
        var files = new MaskFiles { Images = SourcePlace.Parse(call, images), MaskSuffix = call.Options.GetValue(_maskSuffix) ?? "" };
        if (call.Options.GetValue(_masks) is { } masks)
            files.Masks = SourcePlace.Parse(call, masks);
        foreach (var typed in call.Options.GetValue(_valueNames) ?? [])
        {
            var parts = typed.Split('=', 2);
            if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var value) || !files.ValueNames.TryAdd(value, parts[1]))
                throw new UsageException($"--value-name '{typed}': expected is VALUE=NAME, such as 7=road, each value once.");
        }

        return files;
    }
}
