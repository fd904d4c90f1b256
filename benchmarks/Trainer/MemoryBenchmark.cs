using System.Diagnostics;
using Maskwright.Segmentation;
using Maskwright.Segmentation.Networks;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>Memory over a thousand training steps, native and managed together, as the system counts it.</summary>
internal static class MemoryBenchmark
{
    private const int Settled = 100;
    private const int Steps = 1_000;
    private const double MegaByte = 1e6;

    public static Benchmark Benchmark { get; } = new(
        "trainer.memory", "memory of 1,000 training steps: DeepLabV3-MobileNetV3, 256x256, batch 4 (takes minutes)", RunAsync);

    private static Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var options = new TrainingOptions { BatchSize = ComputeSetting.Batch, ImageSize = ComputeSetting.ImageSize };
        using var network = SegmentationNetwork.Create(new NetworkOptions { Name = options.Network, Classes = ComputeSetting.Classes }, seed: 1);
        using var step = new TrainingStep(options, network, classWeights: null, TorchSharp.torch.CPU);
        step.BeginEpoch(1);
        long settled = 0;
        for (var number = 1; number <= Steps; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var batch = StepBenchmark.RandomBatch();
            step.Learn(batch, share: 1, options.LearningRate);
            if (number == Settled)
                settled = Resident();
        }

        return Task.FromResult<IReadOnlyList<Row>>(
        [
            Row.LessIsBetter("trainer.memory after 1,000 steps", Resident() / MegaByte, "MB", 1),
            Row.LessIsBetter("trainer.memory growth since step 100", (Resident() - settled) / MegaByte, "MB", 1),
            Row.LessIsBetter("trainer.memory at its peak", Peak() / MegaByte, "MB", 1),
        ]);
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
