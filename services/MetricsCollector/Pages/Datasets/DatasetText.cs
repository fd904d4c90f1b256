using Maskwright.Work.V1;
using DatasetResource = Maskwright.Dataset.V1.Dataset;

namespace Maskwright.MetricsCollector.Pages.Datasets;

/// <summary>Datasets in a few words.</summary>
internal static class DatasetText
{
    /// <summary>Its id.</summary>
    public static string IdOf(DatasetResource dataset) => dataset.Name["datasets/".Length..];

    /// <summary>Where its images come from.</summary>
    public static string SourceOf(DatasetResource dataset) => dataset.SourceCase switch
    {
        DatasetResource.SourceOneofCase.CocoFolder => $"COCO, {dataset.CocoFolder.Path}",
        DatasetResource.SourceOneofCase.CocoFiles => $"COCO, {string.Join(", ", dataset.CocoFiles.Images.Select(place => place.Uri))}",
        DatasetResource.SourceOneofCase.VocFiles => $"PASCAL VOC, {dataset.VocFiles.Location?.Uri}",
        DatasetResource.SourceOneofCase.MaskFiles => $"masks, {dataset.MaskFiles.Images?.Uri}",
        DatasetResource.SourceOneofCase.GeneratedScenes => $"generated scenes, seed {dataset.GeneratedScenes.Seed}",
        DatasetResource.SourceOneofCase.Preset => dataset.Preset.Name,
        _ => "",
    };

    /// <summary>State in lower case.</summary>
    public static string StateOf(DatasetResource dataset) => dataset.State.ToString().ToLowerInvariant();

    /// <summary>Images in all splits; null before it is finished.</summary>
    public static long? ImagesOf(DatasetResource dataset) => dataset.Statistics?.Splits.Sum(split => split.Images);

    /// <summary>Whether its work is over.</summary>
    public static bool HasEnded(DatasetResource dataset) => dataset.State is State.Succeeded or State.Failed or State.Cancelled;

    /// <summary>Names of its classes, index 0 first.</summary>
    public static IReadOnlyList<string> ClassesOf(DatasetResource dataset) =>
        dataset.Statistics?.Splits is [var split, ..] ? [.. split.Classes.Select(one => one.Name)] : [];
}
