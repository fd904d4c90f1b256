using Maskwright.Datasets;
using WireClass = Maskwright.Dataset.V1.ClassStatistics;
using WireSkipped = Maskwright.Dataset.V1.SkippedInput;
using WireSplit = Maskwright.Dataset.V1.SplitStatistics;
using WireStatistics = Maskwright.Dataset.V1.DatasetStatistics;

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
                Classes = { counts.Classes.Select(ToWire) },
            });
        }

        return wire;
    }

    private static WireSkipped? ToWire(SkippedInput? skipped) => skipped is null
        ? null
        : new WireSkipped { Images = skipped.Images, Annotations = skipped.Annotations, Causes = { skipped.Causes } };

    private static WireClass ToWire(ClassStatistics counts) => new()
    {
        Index = counts.Index,
        Name = counts.Name,
        Images = counts.Images,
        Instances = counts.Instances,
        Pixels = counts.Pixels,
    };
}
