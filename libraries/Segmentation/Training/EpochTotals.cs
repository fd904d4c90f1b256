namespace Maskwright.Segmentation;

/// <summary>What adds up over the steps of an epoch.</summary>
internal sealed class EpochTotals
{
    private readonly TimeSpan _before;
    private double _lossSum;
    private int _batches;
    private double _normSum;
    private int _steps;
    private int _images;
    private TimeSpan _elapsed;

    /// <summary>The beginning of an epoch.</summary>
    public EpochTotals(int classes) => Matrix = new ConfusionMatrix(classes);

    /// <summary>An epoch that was interrupted.</summary>
    public EpochTotals(int classes, EpochSums sums)
        : this(classes)
    {
        Matrix.Merge(ConfusionMatrix.Of([.. sums.Confusion]));
        (_lossSum, _batches, _normSum, _steps, _images) = (sums.Loss, sums.Batches, sums.GradientNorm, sums.Steps, sums.Images);
        _before = _elapsed = TimeSpan.FromSeconds(sums.Seconds);
        DataWait = TimeSpan.FromSeconds(sums.DataWaitSeconds);
        LearningRate = sums.LearningRate;
    }

    public ConfusionMatrix Matrix { get; }

    public TimeSpan DataWait { get; set; }

    /// <summary>Step size of the last step.</summary>
    public double LearningRate { get; set; }

    public double ImagesPerSecond => _elapsed > TimeSpan.Zero ? _images / _elapsed.TotalSeconds : 0;

    /// <summary>Counts a batch.</summary>
    /// <param name="outcome">What it came to.</param>
    /// <param name="images">Its images.</param>
    /// <param name="elapsed">Time since the epoch began, or was taken up again.</param>
    public void Count(StepOutcome outcome, int images, TimeSpan elapsed)
    {
        _lossSum += outcome.Loss;
        _batches++;
        if (outcome.GradientNorm is { } norm)
        {
            _normSum += norm;
            _steps++;
        }

        _images += images;
        _elapsed = _before + elapsed;
    }

    /// <summary>As numbers that a checkpoint keeps.</summary>
    public EpochSums ToSums() => new(
        _lossSum, _batches, _normSum, _steps, _images, _elapsed.TotalSeconds, DataWait.TotalSeconds, LearningRate, [.. Matrix.Counts]);

    /// <summary>The training half of a report; validation is yet to come.</summary>
    public EpochReport ToReport(int epoch)
    {
        var metrics = Matrix.ToMetrics();
        return new EpochReport
        {
            Number = epoch,
            TrainLoss = _lossSum / _batches,
            Train = metrics,
            ValidationLoss = 0,
            Validation = metrics,
            LearningRate = LearningRate,
            GradientNorm = _steps > 0 ? _normSum / _steps : 0,
            ImagesPerSecond = ImagesPerSecond,
            TrainSeconds = _elapsed.TotalSeconds,
            ValidationSeconds = 0,
            DataWaitSeconds = DataWait.TotalSeconds,
            PeakMemoryBytes = 0,
            IsBest = false,
        };
    }
}
