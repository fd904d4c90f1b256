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
    private readonly LossScaler _scaler;
    private readonly Device _device;
    private bool _frozen;

    public TrainingStep(TrainingOptions options, SegmentationNetwork network, IReadOnlyList<double>? classWeights, Device device)
    {
        (_options, _network, _device) = (options, network, device);
        _loss = new SegmentationLoss(options, classWeights, device);
        _optimizer = new Optimizer(options, network.named_parameters());
        _scaler = new LossScaler(options.Precision == ComputePrecision.Float16);
        Average = options.EmaDecay > 0 ? new WeightAverage(network, options.EmaDecay) : null;
    }

    /// <summary>The average of the weights, where one is kept.</summary>
    public WeightAverage? Average { get; }

    /// <summary>Readies the network for an epoch's training.</summary>
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
        _optimizer.ZeroGradients();
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
        var output = _network.forward(batch.ToImages(_device));
        var loss = _loss.Compute(output, batch.ToTarget(_device));
        var factor = share * _scaler.Scale;
        (factor == 1 ? loss.Total : loss.Total * factor).backward();
        double? norm = null;
        if (learningRate is { } rate)
        {
            norm = _optimizer.Step(rate, 1 / _scaler.Scale);
            var finite = double.IsFinite(norm.Value);
            norm = finite || !_scaler.Forgives ? norm : null;
            _scaler.Update(finite);
            _optimizer.ZeroGradients();
            if (finite)
            {
                Average?.Update();
            }
        }

        return new StepOutcome(
            loss.Total.item<float>(),
            [.. loss.Parts.Select(part => new LossPart(part.Name, part.Value.item<float>()))],
            norm,
            ScoreMap.HighestOf(output.Output));
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
