using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>The forward pass of evaluation.</summary>
internal static class EvalBenchmark
{
    private const int Steps = 40;

    public static Benchmark Benchmark { get; } = new(
        "trainer.eval", "images scored a second: DeepLabV3-MobileNetV3, 256x256, batch 4, all cores", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
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
        var seconds = await Measurement.SecondsAsync(Steps, Score);
        var peer = await ComputeSetting.PeerAsync("trainer_eval.py", Steps, cancellationToken);
        return [Row.MoreIsBetter("trainer.eval", ComputeSetting.Batch / seconds, "images/s", Steps, peer)];
    }
}
