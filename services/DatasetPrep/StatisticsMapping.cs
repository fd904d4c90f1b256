using Maskwright.Datasets;
using DatasetResource = Maskwright.Dataset.V1.Dataset;
using WireBin = Maskwright.Dataset.V1.HistogramBin;
using WireClass = Maskwright.Dataset.V1.ClassStatistics;
using WireSkipped = Maskwright.Dataset.V1.SkippedInput;
using WireSplit = Maskwright.Dataset.V1.SplitStatistics;
using WireStatistics = Maskwright.Dataset.V1.DatasetStatistics;
using WireWeight = Maskwright.Dataset.V1.ClassWeight;

namespace Maskwright.DatasetPrep;

/// <summary>The library's statistics in the contract's terms.</summary>
internal static class StatisticsMapping
{
    private static readonly string[] SplitOrder = ["train", "val", "test"];

    public static WireStatistics ToWire(DatasetStatistics statistics)
    {
        var wire = new WireStatistics
        {
            ChannelMean = { statistics.ChannelMean },
            ChannelStd = { statistics.ChannelStd },
            Skipped = ToWire(statistics.Skipped),
            ClassWeights = { Weights(statistics) },
        };
        foreach (string name in SplitOrder)
        {
            var counts = statistics.Splits[name];
            wire.Splits.Add(new WireSplit
            {
                Split = name,
                Images = counts.Images,
                ValidPixels = counts.ValidPixels,
                IgnoredPixels = counts.IgnoredPixels,
                Classes = { counts.Classes.Zip(counts.CoOccurrence, ToWire) },
                Widths = { counts.Widths.Select(ToWire) },
                Heights = { counts.Heights.Select(ToWire) },
                Aspects = { counts.Aspects.Select(ToWire) },
            });
        }

        return wire;
    }

    /// <summary>A dataset without the statistics that a list of many has no room for.</summary>
    public static DatasetResource Shortened(DatasetResource dataset)
    {
        var shortened = dataset.Clone();
        shortened.Statistics?.Skipped?.Causes.Clear();
        foreach (var split in shortened.Statistics?.Splits ?? [])
        {
            split.Widths.Clear();
            split.Heights.Clear();
            split.Aspects.Clear();
            foreach (var counts in split.Classes)
                counts.ImagesWith.Clear();
        }

        return shortened;
    }

    private static IEnumerable<WireWeight> Weights(DatasetStatistics statistics)
    {
        foreach (var counts in statistics.Splits[SplitOrder[0]].Classes)
        {
            var weight = new WireWeight { Index = counts.Index, Name = counts.Name };
            if (statistics.InverseFrequencyWeights[counts.Index] is { } inverse)
                weight.InverseFrequency = inverse;
            if (statistics.ClassWeights[counts.Index] is { } median)
                weight.MedianFrequency = median;
            yield return weight;
        }
    }

    private static WireBin ToWire(HistogramBin bin) => new() { From = bin.From, To = bin.To, Images = bin.Images };

    private static WireSkipped? ToWire(SkippedInput? skipped) => skipped is null
        ? null
        : new WireSkipped { Images = skipped.Images, Annotations = skipped.Annotations, Causes = { skipped.Causes } };

    private static WireClass ToWire(ClassStatistics counts, IReadOnlyList<long> imagesWith) => new()
    {
        Index = counts.Index,
        Name = counts.Name,
        Images = counts.Images,
        Instances = counts.Instances,
        Pixels = counts.Pixels,
        ImagesWith = { imagesWith },
    };
}
