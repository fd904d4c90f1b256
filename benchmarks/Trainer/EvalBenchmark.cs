using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>The forward pass of evaluation.</summary>
internal static class EvalBenchmark
{
    private const int Steps = 40;

    public const string Name = "trainer.eval";

    public static Benchmark Benchmark { get; } = new(
        Name, "images scored a second: DeepLabV3-MobileNetV3, 256x256, batch 4, all cores", RunAsync);

    /// <summary>Images a second.</summary>
    public static async Task<IReadOnlyList<double>> MeasureAsync()
    {
        using var network = SegmentationNetwork.Create(new NetworkOptions { Classes = ComputeSetting.Classes }, seed: 1);
        network.eval();
        using var batch = StepBenchmark.RandomBatch();
        using var images = batch.ToImages(CPU);
        void Score()
        {
            using var inference = inference_mode();
            network.forward(images).Dispose();
        }

        _ = await Measurement.SecondsAsync(3, Score);
        return [ComputeSetting.Batch / await Measurement.SecondsAsync(Steps, Score)];
    }

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var value = (await ComputeSetting.InWorkerAsync(Name, cancellationToken))[0];
        var peer = await ComputeSetting.PeerAsync("trainer_eval.py", Steps, cancellationToken);
        return [Row.MoreIsBetter(Name, value, "images/s", Steps, peer)];
    }
}
