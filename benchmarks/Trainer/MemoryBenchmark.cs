using System.Diagnostics;
using Maskwright.Segmentation;
using Maskwright.Segmentation.Networks;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>Memory of training in a worker's environment, as the system counts it: how much, and whether it stays so.</summary>
internal static class MemoryBenchmark
{
    public const string Name = "trainer.memory";

    // A leak is one of every step, whatever its size: small images show a thousand of them in a minute.
    private const int SmallImage = 64;
    private const int Settled = 100;
    private const int ManySteps = 1_000;
    private const int Steps = 40;
    private const double MegaByte = 1e6;

    public static Benchmark Benchmark { get; } = new(
        Name, "memory of training DeepLabV3-MobileNetV3 at batch 4: the most at 256x256, and its growth over 1,000 steps at 64x64", RunAsync);

    /// <summary>The most, its share of .NET's, and the growths of both over many steps, in MB.</summary>
    public static Task<IReadOnlyList<double>> MeasureAsync()
    {
        Train(ComputeSetting.ImageSize, Steps, _ => { });
        using var process = Process.GetCurrentProcess();
        double most = process.PeakWorkingSet64, managed = GC.GetTotalMemory(forceFullCollection: true);
        var settled = (All: 0L, Managed: 0L);
        Train(SmallImage, ManySteps, step => settled = step == Settled ? Now() : settled);
        var after = Now();
        return Task.FromResult<IReadOnlyList<double>>(
            [.. new[] { most, managed, after.All - settled.All, after.Managed - settled.Managed }.Select(bytes => bytes / MegaByte)]);
    }

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var values = await ComputeSetting.InWorkerAsync(Name, cancellationToken);
        string[] names = ["at its peak", "of .NET in it", "growth over 1,000 steps", "growth of .NET's over 1,000 steps"];
        return [.. names.Zip(values, (name, value) => Row.LessIsBetter($"{Name} {name}", value, "MB", 1))];
    }

    private static void Train(int size, int steps, Action<int> after)
    {
        var options = new TrainingOptions { BatchSize = ComputeSetting.Batch, ImageSize = size };
        using var network = SegmentationNetwork.Create(new NetworkOptions { Name = options.Network, Classes = ComputeSetting.Classes }, seed: 1);
        using var step = new TrainingStep(options, network, classWeights: null, TorchSharp.torch.CPU);
        step.BeginEpoch(1);
        for (var number = 1; number <= steps; number++)
        {
            using var batch = StepBenchmark.RandomBatch(size);
            step.Learn(batch, share: 1, options.LearningRate);
            after(number);
        }
    }

    private static (long All, long Managed) Now()
    {
        var managed = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        return (process.WorkingSet64, managed);
    }
}
