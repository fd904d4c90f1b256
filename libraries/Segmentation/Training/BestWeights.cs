namespace Maskwright.Segmentation;

/// <summary>The best weights of a run, on disk. The file appears whole or not at all.</summary>
/// <param name="directory">Where.</param>
/// <param name="writing">Runs what writes the file; see <see cref="TrainingLoop.WritingBest"/>.</param>
internal sealed class BestWeights(string directory, Action<Action> writing)
{
    /// <summary>Epoch of the best weights; 0 while there are none.</summary>
    public int Epoch { get; private set; }

    /// <summary>Their score; negative infinity where it has none.</summary>
    public double Score { get; private set; } = double.NegativeInfinity;

    public string Path => System.IO.Path.Combine(directory, "best.safetensors");

    /// <summary>Keeps the model's weights when their score is above every one before.</summary>
    public bool Keep(TrainedModel model, int epoch, double? score)
    {
        if (Epoch != 0 && !(score > Score))
        {
            return false;
        }

        writing(() => Write(model));
        Score = score ?? double.NegativeInfinity;
        Epoch = epoch;
        return true;
    }

    /// <summary>Goes on with the best of a run that was interrupted.</summary>
    /// <param name="epoch">Their epoch; 0 when there are none.</param>
    /// <param name="score">Their score.</param>
    /// <param name="path">Their file; null when there are none.</param>
    public void Restore(int epoch, double score, string? path)
    {
        if (path is not null)
        {
            File.Copy(path, Path, overwrite: true);
        }

        (Epoch, Score) = (epoch, score);
    }

    private void Write(TrainedModel model)
    {
        var unfinished = Path + ".unfinished";
        try
        {
            using (var stream = File.Create(unfinished))
            {
                model.Write(stream);
            }

            File.Move(unfinished, Path, overwrite: true);
        }
        catch
        {
            // What did not fit would keep others from fitting.
            File.Delete(unfinished);
            throw;
        }
    }
}
