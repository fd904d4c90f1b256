using Maskwright.Segmentation;
using Maskwright.Segmentation.Networks;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>A whole training step: forward, loss, backward, Adam, and the confusion matrix's predictions.</summary>
internal static class StepBenchmark
{
    private const int Steps = 40;

    public const string Name = "trainer.step";

    public static Benchmark Benchmark { get; } = new(
        Name, "images trained a second: DeepLabV3-MobileNetV3, 256x256, batch 4, Adam, all cores", RunAsync);

    /// <summary>Images a second.</summary>
    public static async Task<IReadOnlyList<double>> MeasureAsync()
    {
        var options = new TrainingOptions { BatchSize = ComputeSetting.Batch, ImageSize = ComputeSetting.ImageSize };
        using var network = SegmentationNetwork.Create(new NetworkOptions { Name = options.Network, Classes = ComputeSetting.Classes }, seed: 1);
        using var step = new TrainingStep(options, network, classWeights: null, TorchSharp.torch.CPU);
        using var batch = RandomBatch();
        step.BeginEpoch(1);
        _ = await Measurement.SecondsAsync(3, () => step.Learn(batch, share: 1, options.LearningRate));
        return [ComputeSetting.Batch / await Measurement.SecondsAsync(Steps, () => step.Learn(batch, share: 1, options.LearningRate))];
    }

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var value = (await ComputeSetting.InWorkerAsync(Name, cancellationToken))[0];
        var peer = await ComputeSetting.PeerAsync("trainer_step.py", Steps, cancellationToken);
        return [Row.MoreIsBetter(Name, value, "images/s", Steps, peer)];
    }

    /// <summary>Noise for images and for classes.</summary>
    internal static Batch RandomBatch(int size = ComputeSetting.ImageSize)
    {
        var random = new Random(1);
        var batch = new Batch([.. Enumerable.Range(0, ComputeSetting.Batch).Select(i => $"image {i}")], size);
        for (var i = 0; i < batch.Count; i++)
        {
            foreach (ref var value in batch.Image(i))
                value = (random.NextSingle() * 4) - 2;
            foreach (ref var index in batch.Mask(i))
                index = (byte)random.Next(ComputeSetting.Classes);
        }

        return batch;
    }
}
