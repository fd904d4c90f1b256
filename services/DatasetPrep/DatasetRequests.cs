using Maskwright.Dataset.V1;
using Maskwright.Datasets;
using Maskwright.ServiceDefaults;
using DatasetResource = Maskwright.Dataset.V1.Dataset;
using PreparationOptions = Maskwright.Datasets.PreparationOptions;
using WireOptions = Maskwright.Dataset.V1.PreparationOptions;

namespace Maskwright.DatasetPrep;

/// <summary>What callers ask for, checked, and in the library's terms.</summary>
internal static class DatasetRequests
{
    private const int MinScenes = 20;
    private const int MaxScenes = 100_000;

    /// <summary>The dataset with only what a caller may set, defaults filled in.</summary>
    /// <exception cref="Grpc.Core.RpcException">A field is not what it must be.</exception>
    public static DatasetResource Validate(DatasetResource? asked)
    {
        if (asked is null)
            throw RpcErrors.InvalidArgument("dataset", "it is missing.");
        var dataset = new DatasetResource { Options = asked.Options?.Clone() ?? new WireOptions() };
        switch (asked.SourceCase)
        {
            case DatasetResource.SourceOneofCase.CocoFolder:
                dataset.CocoFolder = Validate(asked.CocoFolder);
                break;
            case DatasetResource.SourceOneofCase.GeneratedScenes:
                dataset.GeneratedScenes = Validate(asked.GeneratedScenes);
                break;
            case DatasetResource.SourceOneofCase.CocoFiles:
                dataset.CocoFiles = asked.CocoFiles.Clone();
                break;
            case DatasetResource.SourceOneofCase.VocFiles:
                dataset.VocFiles = asked.VocFiles.Clone();
                break;
            case DatasetResource.SourceOneofCase.MaskFiles:
                dataset.MaskFiles = asked.MaskFiles.Clone();
                break;
            case DatasetResource.SourceOneofCase.Preset:
                dataset.Preset = asked.Preset.Clone();
                dataset.Options = SourceMapping.WithPreset(dataset.Options, dataset.Preset);
                break;
            default:
                throw RpcErrors.InvalidArgument("dataset.source", "set one of coco_folder, coco_files, voc_files, mask_files, generated_scenes and preset.");
        }

        _ = SourceMapping.ToLibrary(dataset);

        try
        {
            OptionsOf(dataset).Validate();
        }
        catch (DatasetException exception)
        {
            throw RpcErrors.InvalidArgument("dataset.options", exception.Message);
        }

        return dataset;
    }

    /// <summary>The options in the library's terms.</summary>
    public static PreparationOptions OptionsOf(DatasetResource dataset) => OptionsMapping.ToLibrary(dataset.Options);

    private static CocoFolder Validate(CocoFolder asked)
    {
        const string field = "dataset.coco_folder.path";
        if (!Path.IsPathFullyQualified(asked.Path))
            throw RpcErrors.InvalidArgument(field, $"'{asked.Path}' is not a full path on the service's machine.");
        if (!Directory.Exists(asked.Path))
            throw RpcErrors.InvalidArgument(field, $"there is no folder '{asked.Path}' on the service's machine, or it may not be read.");
        return asked.Clone();
    }

    private static GeneratedScenes Validate(GeneratedScenes asked)
    {
        var scenes = asked.Clone();
        if (scenes.Count == 0)
            scenes.Count = new SceneOptions().Count;
        if (scenes.Count is < MinScenes or > MaxScenes)
            throw RpcErrors.InvalidArgument("dataset.generated_scenes.count", $"{scenes.Count} is not from {MinScenes} to {MaxScenes}.");
        return scenes;
    }
}
