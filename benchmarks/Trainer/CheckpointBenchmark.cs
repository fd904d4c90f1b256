using Maskwright.Segmentation;

namespace Maskwright.Benchmarks.Trainer;

/// <summary>How long training stands still for a checkpoint: its tensors written to this machine's disk. The upload goes on beside the next steps.</summary>
internal static class CheckpointBenchmark
{
    private const int Times = 15;

    public const string Name = "trainer.checkpoint";

    public static Benchmark Benchmark { get; } = new(
        Name, "time that a checkpoint stops training: DeepLabV3-MobileNetV3 and its Adam written to the temporary folder", RunAsync);

    /// <summary>Milliseconds.</summary>
    public static async Task<IReadOnlyList<double>> MeasureAsync()
    {
        var folder = Directory.CreateTempSubdirectory("maskwright-benchmark-");
        try
        {
            var options = new TrainingOptions { BatchSize = ComputeSetting.Batch, ImageSize = ComputeSetting.ImageSize };
            using var model = TrainedModel.Create(
                new ModelDescription { Network = options.Network, Classes = [.. Enumerable.Range(0, ComputeSetting.Classes).Select(i => $"class {i}")], ImageSize = options.ImageSize }, seed: 1);
            using var step = new TrainingStep(options, model.Network, classWeights: null, TorchSharp.torch.CPU);
            using var batch = StepBenchmark.RandomBatch();
            step.BeginEpoch(1);
            step.Learn(batch, share: 1, options.LearningRate);
            var snapshot = new TrainingSnapshot(model, step, new TrainingPosition(ComputeSetting.Classes, batchesPerEpoch: 1, new BestWeights(folder.FullName, write => write())));
            return [1_000 * await Measurement.SecondsAsync(Times, () => Write(snapshot, folder.FullName))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var value = (await ComputeSetting.InWorkerAsync(Name, cancellationToken))[0];
        var peer = await ComputeSetting.PeerAsync("trainer_checkpoint.py", Times, cancellationToken);
        return [Row.LessIsBetter(Name, value, "ms", Times, peer with { Name = "torch.save" + peer.Name["PyTorch, channels-last".Length..] })];
    }

    private static void Write(TrainingSnapshot snapshot, string folder)
    {
        var (weights, tensors) = (Path.Combine(folder, "weights"), Path.Combine(folder, "tensors"));
        using (var file = File.Create(weights))
            snapshot.WriteWeights(file);
        using (var file = File.Create(tensors))
            snapshot.WriteTensors(file);
        File.Delete(weights);
        File.Delete(tensors);
    }
}
