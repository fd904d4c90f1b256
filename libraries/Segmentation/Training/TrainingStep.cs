using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>Forward, backward, and after every few batches a step of the optimiser.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly SegmentationNetwork _network;
    private readonly SegmentationLoss _loss;
    private readonly Optimizer _optimizer;
    private bool _frozen;

    public TrainingStep(TrainingOptions options, SegmentationNetwork network, IReadOnlyList<double>? classWeights, Device device)
    {
        (_options, _network, Device) = (options, network, device);
        _loss = new SegmentationLoss(options, classWeights, device);
        _optimizer = new Optimizer(options, network.named_parameters());
        Scaler = new LossScaler(options.Precision == ComputePrecision.Float16);
        Average = options.EmaDecay > 0 ? new WeightAverage(network, options.EmaDecay) : null;
    }

    /// <summary>Where it computes.</summary>
    public Device Device { get; }

    /// <summary>The average of the weights, where one is kept.</summary>
    public WeightAverage? Average { get; }

    /// <summary>What losses are multiplied by.</summary>
    public LossScaler Scaler { get; }

    /// <summary>Steps that the optimiser has made.</summary>
    public long Steps => _optimizer.Steps;

    /// <summary>Every tensor beside the network's that the next step depends on, by name.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() => Average is null ? _optimizer.State() : _optimizer.State().Concat(Average.State());

    /// <summary>Goes on from a run that stood there.</summary>
    /// <param name="state">Its numbers.</param>
    /// <param name="stored">What <see cref="State"/> gave.</param>
    /// <exception cref="WeightsFormatException">Something is missing, or of another shape.</exception>
    public void Restore(TrainingState state, StoredState stored)
    {
        _optimizer.Restore(state.OptimizerSteps, stored);
        Scaler.Restore(state.LossScale, state.LossScaleSteps);
        Average?.Restore(state.AverageUpdates, stored);
    }

    /// <summary>Readies the network for an epoch's training, or for the rest of it.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    public void BeginEpoch(int epoch)
    {
        _frozen = epoch <= _options.FreezeBackboneEpochs;
        _network.train();
        foreach (var parameter in _network.Features.parameters())
        {
            parameter.requires_grad = !_frozen;
        }

        if (_frozen)
        {
            _network.Features.eval();
        }

        _network.ComputeIn(ComputePrecision.TypeOf(_options.Precision));
    }

    /// <summary>Ends an epoch's training: what follows computes in 32 bits.</summary>
    public void EndEpoch() => _network.ComputeIn(null);

    /// <summary>Learns from one batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="share">One over the number of batches that make this step together.</param>
    /// <param name="learningRate">The optimiser's step size after this batch; null when more batches belong to the step.</param>
    public StepOutcome Learn(Batch batch, double share, double? learningRate)
    {
        using var scope = NewDisposeScope();
        var output = _network.forward(batch.ToImages(Device));
        var loss = _loss.Compute(output, batch.ToTarget(Device));
        var factor = share * Scaler.Scale;
        (factor == 1 ? loss.Total : loss.Total * factor).backward();
        List<Tensor> values = [loss.Total, .. loss.Parts.Select(part => part.Value)];
        if (learningRate is { } rate && MakeStep(rate) is { } norm)
        {
            values.Add(norm);
        }

        // The host reads nothing before this: on another device it waits once, when the whole step is on its way.
        var read = stack([.. values.Select(value => value.detach().to(ScalarType.Float64))]);
        var prediction = ScoreMap.HighestOf(output.Output);
        var numbers = read.cpu().data<double>().ToArray();
        return new StepOutcome(
            numbers[0],
            [.. loss.Parts.Select((part, i) => new LossPart(part.Name, numbers[i + 1]))],
            numbers.Length > loss.Parts.Count + 1 ? numbers[^1] : null,
            prediction);
    }

    // The norm of the gradients; null where their range was left and the scaler forgives it. Only then something hangs on it
    // before the next step: any other norm that is no number ends the run.
    private Tensor? MakeStep(double learningRate)
    {
        var norm = _optimizer.Step(learningRate, 1 / Scaler.Scale, waits: Scaler.IsEnabled);
        _optimizer.ZeroGradients();
        var isStep = !Scaler.IsEnabled || double.IsFinite(norm.item<double>());
        var isTold = isStep || !Scaler.Forgives;
        Scaler.Update(isStep);
        if (isStep)
        {
            Average?.Update();
        }

        return isTold ? norm : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Average?.Dispose();
        _optimizer.Dispose();
    }
}

/// <summary>What a batch came to.</summary>
/// <param name="Loss">Its loss.</param>
/// <param name="Parts">What the loss is the weighted sum of.</param>
/// <param name="GradientNorm">Norm of all gradients of the step before clipping; null where no step was made.</param>
/// <param name="Prediction">Class indices [N, H, W], row-major.</param>
internal sealed record StepOutcome(double Loss, IReadOnlyList<LossPart> Parts, double? GradientNorm, byte[] Prediction);
