using Google.Protobuf.WellKnownTypes;
using Maskwright.Metrics.V1;
using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>Puts what a run does into its spool, in the collector's terms. The figures of whole epochs go with the run's own record.</summary>
/// <param name="spool">Where it goes.</param>
/// <param name="classes">Names of the classes by index.</param>
/// <param name="criterion">By what the best epoch is chosen.</param>
/// <param name="time">When things happen.</param>
internal sealed class RunReporter(SpoolWriter spool, IReadOnlyList<string> classes, string criterion, TimeProvider time) : IProgress<TrainingEvent>
{
    // The collector keeps 10,000 metrics of a run, and a table of more classes is read by nobody.
    private const int MostConfusedClasses = 64;

    private static readonly TimeSpan UsageEvery = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<string> _names = MetricNames.OfClasses(classes);
    private readonly ProcessUsage _usage = new(time);
    private long _lastUsage = time.GetTimestamp();

    /// <summary>Keeps a line of text.</summary>
    public void Say(string text, string level = "info") => spool.Add(new TextEvent { Time = Now(), Level = level, Text = text });

    /// <summary>Keeps references to images that are in storage.</summary>
    public void Show(IReadOnlyCollection<ImageReference> images) => spool.Add(images);

    /// <inheritdoc/>
    public void Report(TrainingEvent value)
    {
        switch (value)
        {
            case TrainingStarted started:
                Say($"started on {started.Device} with {started.Threads} threads: {started.TrainSamples} images, {started.StepsPerEpoch} steps an epoch, {started.ValidationSamples} images for validation");
                break;
            case TrainingNote note:
                Say(note.Text);
                break;
            case StepCompleted step:
                AddStep(step);
                break;
            case EpochCompleted completed:
                AddConfusion(completed.Report.Number, completed.Confusion);
                if (completed.Report.IsBest)
                    Say(FormattableString.Invariant($"epoch {completed.Report.Number} is the best so far: val/miou {completed.Report.Validation.MeanIoU:F4}, chosen by {criterion}"));
                break;
        }
    }

    private void AddStep(StepCompleted step)
    {
        long number = ((step.Epoch - 1L) * step.StepsPerEpoch) + step.Step;
        var points = new List<Point>();
        var now = Now();
        void Add(string metric, double value) => points.Add(new Point { Metric = metric, Step = number, Epoch = step.Epoch, Time = now, Value = value });

        Add("step/loss", step.Loss);
        if (step.LossParts.Count > 1)
        {
            foreach (var part in step.LossParts)
                Add("step/loss/" + part.Name, part.Value);
        }

        Add("step/learning_rate", step.LearningRate);
        if (step.GradientNorm is { } norm)
            Add("step/gradient_norm", norm);
        Add("step/images_per_second", step.Seconds > 0 ? step.Images / step.Seconds : 0);
        Add("step/seconds", step.Seconds);
        Add("step/data_wait_seconds", step.DataWaitSeconds);
        if (time.GetElapsedTime(_lastUsage) >= UsageEvery)
        {
            _lastUsage = time.GetTimestamp();
            _usage.Measure(Add);
        }

        spool.Add(points);
    }

    private void AddConfusion(int epoch, ConfusionMatrix matrix)
    {
        if (matrix.Classes > MostConfusedClasses)
            return;
        var now = Now();
        var cells = from truth in Enumerable.Range(0, matrix.Classes)
                    from prediction in Enumerable.Range(0, matrix.Classes)
                    select new Point
                    {
                        Metric = $"confusion/{_names[truth]}/{_names[prediction]}",
                        Step = epoch,
                        Epoch = epoch,
                        Time = now,
                        Value = matrix[truth, prediction],
                    };
        spool.Add([.. cells]);
    }

    private Timestamp Now() => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
