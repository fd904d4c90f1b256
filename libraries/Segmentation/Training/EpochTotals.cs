namespace Maskwright.Segmentation;

/// <summary>What adds up over the steps of an epoch.</summary>
internal sealed class EpochTotals(int classes)
{
    private double _lossSum;
    private int _steps;
    private double _normSum;
    private int _norms;
    private int _images;
    private TimeSpan _elapsed;

    public ConfusionMatrix Matrix { get; } = new(classes);

    public TimeSpan DataWait { get; set; }

    /// <summary>Step size of the last step.</summary>
    public double LearningRate { get; set; }

    public double ImagesPerSecond => _elapsed > TimeSpan.Zero ? _images / _elapsed.TotalSeconds : 0;

    public void Count(StepOutcome outcome, int images, TimeSpan elapsed)
    {
        _lossSum += outcome.Loss;
        _steps++;
        if (outcome.GradientNorm is { } norm)
        {
            _normSum += norm;
            _norms++;
        }

        _images += images;
        _elapsed = elapsed;
    }

    /// <summary>The training half of a report; validation is yet to come.</summary>
    public EpochReport ToReport(int epoch)
    {
        var metrics = Matrix.ToMetrics();
        return new EpochReport
        {
            Number = epoch,
            TrainLoss = _lossSum / _steps,
            Train = metrics,
            ValidationLoss = 0,
            Validation = metrics,
            LearningRate = LearningRate,
            GradientNorm = _norms > 0 ? _normSum / _norms : 0,
            ImagesPerSecond = ImagesPerSecond,
            TrainSeconds = _elapsed.TotalSeconds,
            ValidationSeconds = 0,
            DataWaitSeconds = DataWait.TotalSeconds,
            PeakMemoryBytes = 0,
            IsBest = false,
        };
    }
}
