using Maskwright.Dataset.V1;
using Maskwright.Datasets;
using Maskwright.ServiceDefaults;
using DatasetResource = Maskwright.Dataset.V1.Dataset;
using WireOptions = Maskwright.Dataset.V1.PreparationOptions;

namespace Maskwright.DatasetPrep;

/// <summary>The contract's sources in the library's terms, checked as far as that can be done at once.</summary>
internal static class SourceMapping
{
    private const int MostPlaces = 16;

    /// <summary>The source; null for scenes, which are drawn first.</summary>
    /// <exception cref="Grpc.Core.RpcException">A field is not what it must be.</exception>
    public static DatasetSource? ToLibrary(DatasetResource dataset) => dataset.SourceCase switch
    {
        DatasetResource.SourceOneofCase.CocoFolder => DatasetSource.CocoFolder(dataset.CocoFolder.Path, NullIfEmpty(dataset.CocoFolder.AnnotationFile)),
        DatasetResource.SourceOneofCase.CocoFiles => ToLibrary(dataset.CocoFiles),
        DatasetResource.SourceOneofCase.VocFiles => new DatasetSource.Voc(ToLibrary(dataset.VocFiles.Location, "voc_files.location"), [.. dataset.VocFiles.ImageSets]),
        DatasetResource.SourceOneofCase.MaskFiles => ToLibrary(dataset.MaskFiles),
        DatasetResource.SourceOneofCase.Preset => ToLibrary(dataset.Preset),
        _ => null,
    };

    /// <summary>The options with what a preset sets in place of what is absent.</summary>
    public static WireOptions WithPreset(WireOptions asked, Preset preset)
    {
        var options = asked.Clone();
        var defaults = Find(preset).Options;
        if (options.Classes.Count == 0)
            options.Classes.AddRange(defaults.Classes);
        if (options.MaxImages == 0)
            options.MaxImages = defaults.MaxImages ?? 0;
        if (options is { TrainRatio: 0, ValRatio: 0, TestRatio: 0 })
            (options.TrainRatio, options.ValRatio, options.TestRatio) = (defaults.TrainRatio, defaults.ValRatio, defaults.TestRatio);
        return options;
    }

    private static DatasetSource.Coco ToLibrary(CocoFiles files)
    {
        if (files.Images.Count is 0 or > MostPlaces)
            throw RpcErrors.InvalidArgument("dataset.coco_files.images", $"1 to {MostPlaces} places are needed, not {files.Images.Count}.");
        return new DatasetSource.Coco([.. files.Images.Select(place => ToLibrary(place, "coco_files.images"))])
        {
            Annotations = files.Annotations is { } place ? ToLibrary(place, "coco_files.annotations") : null,
            AnnotationFiles = [.. files.AnnotationFiles],
        };
    }

    private static DatasetSource.Masks ToLibrary(MaskFiles files)
    {
        foreach (var (value, name) in files.ValueNames)
            if (value is < 1 or > 254 || string.IsNullOrWhiteSpace(name))
                throw RpcErrors.InvalidArgument("dataset.mask_files.value_names", $"'{name}' for {value}: a value is 1 to 254, and its name is not empty.");
        return new DatasetSource.Masks(ToLibrary(files.Images, "mask_files.images"))
        {
            MaskLocation = files.Masks is { } place ? ToLibrary(place, "mask_files.masks") : null,
            MaskSuffix = files.MaskSuffix,
            ValueNames = new Dictionary<int, string>(files.ValueNames),
        };
    }

    private static DatasetSource.Coco ToLibrary(Preset preset)
    {
        Uri? mirror = null;
        if (preset.BaseUrl.Length > 0 && (!Uri.TryCreate(preset.BaseUrl, UriKind.Absolute, out mirror) || mirror.Scheme is not ("http" or "https")))
            throw RpcErrors.InvalidArgument("dataset.preset.base_url", $"'{preset.BaseUrl}' is no http or https URL.");
        return Find(preset).SourceAt(mirror);
    }

    private static DatasetPreset Find(Preset preset) => DatasetPresets.All.FirstOrDefault(known => known.Name == preset.Name)
        ?? throw RpcErrors.InvalidArgument("dataset.preset.name", $"'{preset.Name}' is not one of {string.Join(", ", DatasetPresets.All.Select(known => known.Name))}.");

    private static SourceLocation ToLibrary(Location? place, string field)
    {
        if (place is null)
            throw RpcErrors.InvalidArgument($"dataset.{field}", "it is missing.");
        var location = new SourceLocation(place.Uri, NullIfEmpty(place.Sha256));
        try
        {
            location.Validate();
        }
        catch (DatasetException error)
        {
            throw RpcErrors.InvalidArgument($"dataset.{field}", error.Message);
        }

        return location is { IsUrl: false, IsStored: false } && !Path.Exists(place.Uri)
            ? throw RpcErrors.InvalidArgument($"dataset.{field}", $"there is no '{place.Uri}' on the service's machine, or it may not be read.")
            : location;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
