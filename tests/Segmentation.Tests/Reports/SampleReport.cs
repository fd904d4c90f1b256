using Maskwright.Artifacts;
using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

/// <summary>A report of three classes whose last one is absent, with names that are markup.</summary>
internal static class SampleReport
{
    private static readonly ArtifactEntry Entry = new("key", 1, new string('0', 64));

    public static EvaluationReport Create()
    {
        ImageCounts[] images = [new("a<b>", [6, 2, 0, 1, 3, 0, 0, 0, 0]), new("c,d", [8, 0, 0, 2, 2, 0, 0, 0, 0])];
        var matrix = ConfusionMatrix.Of([14, 2, 0, 3, 5, 0, 0, 0, 0]);
        var reliability = new Reliability();
        reliability.Add([0, 1], [0, 0], [0.9f, 0.6f]);
        var sizes = new ObjectSizeCounts(classes: 3);
        sizes.Add(new IndexMask(2, 1, [0, 1]), new IndexMask(2, 1, [1, 1]), new SampleInfo(1, "a.jpg", 2, 1, 0, [new(1, 5000, new PixelBox(0, 0, 2, 1))]));
        return new EvaluationReport
        {
            Id = "eval-1",
            ProgramVersion = "0.1.0",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Run = "run-1",
            ModelSha256 = new string('a', 64),
            Dataset = "ds-1",
            DatasetDigest = new string('b', 64),
            Split = "test",
            Images = 2,
            ImageSize = 64,
            Settings = new EvaluationSettings(),
            Classes = ["background", "<script>alert(1)</script>", "nowhere"],
            Confusion = matrix.Counts.ToArray(),
            Metrics = matrix.ToMetrics(),
            Loss = 0.5,
            BoundaryIoU = [0.4, 0.2, null],
            Calibration = reliability.ToMetrics(),
            Sizes = sizes.ToMetrics(),
            Intervals = Bootstrap.Intervals(images, 3, seed: 1),
            Worst = [new ImageScore("a<b>", 0.5)],
            Best = [new ImageScore("c,d", 0.6)],
            Figure = Entry,
            FigureSamples = ["a<b>"],
        };
    }

    public static ReportContents Contents() => new(
        Create(),
        new byte[] { 1, 2, 3 },
        new RunManifest
        {
            Id = "run-1",
            ProgramVersion = "0.1.0",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Dataset = "ds-1",
            DatasetDigest = new string('b', 64),
            Classes = ["background", "<script>alert(1)</script>", "nowhere"],
            Options = new TrainingOptions(),
            InitialWeights = "random",
            Criterion = "val/miou",
            BestEpoch = 1,
            Model = Entry,
            LastCheckpoint = Entry,
            History = Entry,
        },
        History: [Epoch(1, 2.0), Epoch(2, double.NaN)],
        Statistics());

    private static DatasetStatistics Statistics()
    {
        SplitStatistics Split() => new(2, 100, 3, [new(0, "background", 2, 0, 90), new(1, "x", 1, 2, 10), new(2, "nowhere", 0, 0, 0)]);
        return new DatasetStatistics
        {
            Splits = new Dictionary<string, SplitStatistics>(StringComparer.Ordinal) { ["train"] = Split(), ["test"] = Split() },
            ChannelMean = [0.5, 0.5, 0.5],
            ChannelStd = [0.2, 0.2, 0.2],
            ClassWeights = [1, 2, null],
        };
    }

    private static EpochReport Epoch(int number, double loss)
    {
        var metrics = ConfusionMatrix.Of([14, 2, 0, 3, 5, 0, 0, 0, 0]).ToMetrics();
        return new EpochReport
        {
            Number = number,
            TrainLoss = loss,
            Train = metrics,
            ValidationLoss = loss,
            Validation = metrics,
            LearningRate = 1e-4,
            ImagesPerSecond = 1,
            TrainSeconds = 1,
            ValidationSeconds = 1,
            DataWaitSeconds = 0,
            PeakMemoryBytes = 1,
            IsBest = number == 1,
        };
    }
}
