namespace Maskwright.Segmentation;

/// <summary>The weights a run keeps on disk. A file appears whole or not at all.</summary>
internal sealed class WeightFiles(string directory)
{
    private double _bestScore = double.NegativeInfinity;

    /// <summary>Epoch of the best weights; 0 while there are none.</summary>
    public int BestEpoch { get; private set; }

    public string BestPath => Path.Combine(directory, "best.safetensors");

    public string LastPath => Path.Combine(directory, "last.safetensors");

    /// <summary>Writes the epoch's weights, and as the best when their score is above every one before.</summary>
    public bool Keep(TrainedModel model, int epoch, double? score)
    {
        var file = model.ToFile();
        Write(file, LastPath);
        if (BestEpoch != 0 && !(score > _bestScore))
        {
            return false;
        }

        Write(file, BestPath);
        _bestScore = score ?? double.NegativeInfinity;
        BestEpoch = epoch;
        return true;
    }

    private static void Write(SafeTensorsFile file, string path)
    {
        var unfinished = path + ".unfinished";
        using (var stream = File.Create(unfinished))
        {
            file.Write(stream);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
