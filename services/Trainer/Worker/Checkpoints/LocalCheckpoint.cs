using System.Text.Json;
using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>A checkpoint on this machine's disk, in a folder of its own, on its way into storage.</summary>
internal sealed class LocalCheckpoint : IDisposable
{
    public const string WeightsFile = "weights.safetensors";
    public const string TrainingFile = "training.safetensors";
    public const string EpochsFile = "epochs.json";
    public const string BestFile = "best.safetensors";

    private readonly string _folder;

    private LocalCheckpoint(TrainingSnapshot snapshot, string folder) =>
        (_folder, Step, State, Device, Threads) = (folder, snapshot.Step, snapshot.State, snapshot.Device, snapshot.Threads);

    /// <summary>Batches learned from since the run began.</summary>
    public long Step { get; }

    /// <summary>Where the run stood.</summary>
    public TrainingState State { get; }

    /// <summary>The device that computed.</summary>
    public string Device { get; }

    /// <summary>Compute threads.</summary>
    public int Threads { get; }

    /// <summary>Writes what a run stands at.</summary>
    /// <param name="snapshot">The run.</param>
    /// <param name="folder">Where; made anew.</param>
    /// <param name="withBest">Whether the best weights go along.</param>
    /// <exception cref="IOException">The disk is full or fails; nothing is left of it then.</exception>
    public static LocalCheckpoint Write(TrainingSnapshot snapshot, string folder, bool withBest)
    {
        Directory.CreateDirectory(folder);
        try
        {
            WriteFile(Path.Combine(folder, WeightsFile), snapshot.WriteWeights);
            WriteFile(Path.Combine(folder, TrainingFile), snapshot.WriteTensors);
            WriteFile(Path.Combine(folder, EpochsFile), stream => JsonSerializer.Serialize(stream, snapshot.Epochs, RunJson.Default.IReadOnlyListEpochReport));
            if (withBest && snapshot.BestWeightsPath is { } best)
                File.Copy(best, Path.Combine(folder, BestFile));
            return new LocalCheckpoint(snapshot, folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>The path of one of its files.</summary>
    public string PathOf(string file) => Path.Combine(_folder, file);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void WriteFile(string path, Action<Stream> write)
    {
        // Tensors come in large pieces; only headers are small.
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        write(file);
    }
}
