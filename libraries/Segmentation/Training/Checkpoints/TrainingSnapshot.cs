using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>When a snapshot can be taken.</summary>
public enum SnapshotMoment
{
    /// <summary>A batch has been learned from.</summary>
    Step,

    /// <summary>An epoch has been trained and validated.</summary>
    Epoch,

    /// <summary>The run is cancelled or done: nothing comes after.</summary>
    Last,
}

/// <summary>
/// All that a run needs to go on from where it stands, as if it had never stopped. It is the running run itself: to be
/// written during the call that hands it out, on the same thread, or not at all.
/// </summary>
public sealed class TrainingSnapshot
{
    private readonly TrainedModel _model;
    private readonly TrainingStep _step;
    private readonly TrainingPosition _position;

    internal TrainingSnapshot(TrainedModel model, TrainingStep step, TrainingPosition position) =>
        (_model, _step, _position) = (model, step, position);

    /// <summary>Batches learned from since the run began.</summary>
    public long Step => _position.Step;

    /// <summary>The device that computes, <c>cpu</c> or <c>cuda:N</c>.</summary>
    public string Device => _step.Device.ToString();

    /// <summary>Compute threads.</summary>
    public int Threads { get; } = get_num_threads();

    /// <summary>Every number that is no tensor.</summary>
    public TrainingState State => _position.ToState(_step);

    /// <summary>Every epoch that has ended, in order.</summary>
    public IReadOnlyList<EpochReport> Epochs => _position.Reports;

    /// <summary>File of the best weights; null while no epoch has ended. The next better epoch puts another in its place.</summary>
    public string? BestWeightsPath => _position.Best.Epoch > 0 ? _position.Best.Path : null;

    /// <summary>Writes the network's weights, not their average, as a safetensors file that torchvision loads too.</summary>
    public void WriteWeights(Stream destination) => _model.Write(destination);

    /// <summary>
    /// Writes the other tensors as a safetensors file: what the optimiser remembers (<c>optimizer.first.…</c>,
    /// <c>optimizer.second.…</c>), the average of the weights (<c>average.…</c>), and gradients while batches add them up
    /// (<c>gradient.…</c>), each by the state-dict key of its weight.
    /// </summary>
    public void WriteTensors(Stream destination)
    {
        using var scope = NewDisposeScope();
        SafeTensorsFile.Write(destination, new Dictionary<string, string>(StringComparer.Ordinal), _step.State());
    }
}
