namespace Maskwright.Segmentation;

/// <summary>Where a run stands, and what it has come to so far.</summary>
internal sealed class TrainingPosition
{
    private readonly int _classes;
    private readonly int _batchesPerEpoch;
    private readonly List<EpochReport> _reports = [];

    /// <summary>The beginning of a run.</summary>
    /// <param name="classes">Number of classes.</param>
    /// <param name="batchesPerEpoch">Batches of an epoch.</param>
    /// <param name="best">Keeps the best weights.</param>
    public TrainingPosition(int classes, int batchesPerEpoch, BestWeights best)
    {
        (_classes, _batchesPerEpoch, Best) = (classes, batchesPerEpoch, best);
        Totals = new EpochTotals(classes);
    }

    /// <summary>The epoch that is being trained, from 1.</summary>
    public int Epoch { get; private set; } = 1;

    /// <summary>Batches of it that are learned from.</summary>
    public int Batches { get; private set; }

    /// <summary>Batches learned from since the run began.</summary>
    public long Step => ((Epoch - 1L) * _batchesPerEpoch) + Batches;

    /// <summary>What the epoch has added up.</summary>
    public EpochTotals Totals { get; private set; }

    /// <summary>Every epoch that has ended, in order.</summary>
    public IReadOnlyList<EpochReport> Reports => _reports;

    /// <summary>The best weights.</summary>
    public BestWeights Best { get; }

    /// <summary>One more batch is learned from.</summary>
    public void EndBatch() => Batches++;

    /// <summary>The epoch has ended and the next one begins.</summary>
    public void EndEpoch(EpochReport report)
    {
        _reports.Add(report);
        (Epoch, Batches, Totals) = (Epoch + 1, 0, new EpochTotals(_classes));
    }

    /// <summary>Every number of the run that is no tensor.</summary>
    public TrainingState ToState(TrainingStep step) => new()
    {
        Epoch = Epoch,
        Batches = Batches,
        OptimizerSteps = step.Steps,
        AverageUpdates = step.Average?.Updates ?? 0,
        LossScale = step.Scaler.Scale,
        LossScaleSteps = step.Scaler.GoodSteps,
        Sums = Totals.ToSums(),
        BestEpoch = Best.Epoch,
        BestScore = Best.Score,
    };

    /// <summary>Goes on from where a run stood.</summary>
    /// <exception cref="TrainingException">It was a run on other data.</exception>
    public void Restore(TrainingCheckpoint checkpoint)
    {
        var state = checkpoint.State;
        if (state.Epoch < 1 || state.Batches < 0 || state.Batches > _batchesPerEpoch
            || checkpoint.Epochs.Count != state.Epoch - 1 || state.Sums.Confusion.Count != _classes * _classes)
        {
            throw new TrainingException(
                $"The checkpoint stands at epoch {state.Epoch}, batch {state.Batches}, with {checkpoint.Epochs.Count} epochs and {state.Sums.Confusion.Count} counts; "
                + $"this run has {_batchesPerEpoch} batches an epoch and {_classes} classes. It belongs to another run.");
        }

        (Epoch, Batches, Totals) = (state.Epoch, state.Batches, new EpochTotals(_classes, state.Sums));
        _reports.AddRange(checkpoint.Epochs);
        Best.Restore(state.BestEpoch, state.BestScore, checkpoint.BestWeightsPath);
    }
}
