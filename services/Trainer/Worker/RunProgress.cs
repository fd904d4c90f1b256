using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>What happens in training, on its way to the service, to the collector and into traces.</summary>
/// <param name="events">The service.</param>
/// <param name="reporter">The collector.</param>
/// <param name="images">The pictures of epochs.</param>
/// <param name="tell">Says a line to both.</param>
/// <param name="resumed">What the run goes on from; null when it begins.</param>
/// <param name="time">The clock.</param>
internal sealed class RunProgress(
    EventWriter events, RunReporter reporter, ShownImages images, Action<string> tell, CheckpointManifest? resumed, TimeProvider time)
    : IProgress<TrainingEvent>
{
    // The service thins progress out for those who watch; this only spares the pipe.
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(100);

    private readonly EpochSpans _epochs = new(time);
    private long _lastProgress;

    public void Report(TrainingEvent value)
    {
        reporter.Report(value);
        switch (value)
        {
            case TrainingStarted started:
                events.Write(new WorkerMessage(
                    $"training {started.Parameters:N0} parameters on {started.Device} with {started.Threads} threads: "
                    + $"{started.TrainSamples} images, {started.StepsPerEpoch} steps an epoch, {started.ValidationSamples} images for validation"));
                if (resumed is not null)
                    TellResumed(started, resumed);
                break;
            case TrainingNote note:
                events.Write(new WorkerMessage(note.Text));
                break;
            case StepCompleted step when step.Step == step.StepsPerEpoch || time.GetElapsedTime(_lastProgress) >= ProgressEvery:
                _lastProgress = time.GetTimestamp();
                events.Write(new WorkerProgress($"train epoch {step.Epoch}", step.Step, step.StepsPerEpoch, "steps"));
                break;
            case EpochCompleted completed:
                _epochs.Add(completed.Report);
                images.Add(completed.Report.Number, completed.ShownPredictions);
                events.Write(new WorkerEpoch(completed.Report));
                break;
        }
    }

    private void TellResumed(TrainingStarted started, CheckpointManifest checkpoint)
    {
        tell($"goes on after step {checkpoint.Step}, in epoch {checkpoint.State.Epoch}");
        if (checkpoint.Device != started.Device || checkpoint.Threads != started.Threads)
            tell($"it was trained on {checkpoint.Device} with {checkpoint.Threads} threads so far: the model will not be equal to the bit to that of an undisturbed run");
    }
}
