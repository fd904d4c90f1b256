namespace Maskwright.Segmentation;

/// <content>How weights follow their gradients, and how far at each step.</content>
public sealed partial record TrainingOptions
{
    /// <summary><c>adam</c>, <c>adamw</c>, <c>sgd</c> or <c>rmsprop</c>.</summary>
    public string Optimizer { get; init; } = UpdateRule.Adam;

    /// <summary>The step size, above 0 and at most 1.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Share of the weights added to the gradient, or for <c>adamw</c> taken off at each step, 0 to 1.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Share of the velocity that <c>sgd</c> and <c>rmsprop</c> keep at each step, 0 to 0.999.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Looks ahead by the velocity (Nesterov); <c>sgd</c> only.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Share of the mean gradient that <c>adam</c> and <c>adamw</c> keep, 0 to 0.9999.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Share of the mean square gradient that <c>adam</c> and <c>adamw</c> keep, 0 to 0.99999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Share of the mean square gradient that <c>rmsprop</c> keeps, 0 to 0.9999.</summary>
    public double RmsAlpha { get; init; } = 0.99;

    /// <summary>Added to the root of the mean square gradient, 1e-12 to 0.1.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Gradients are shortened to this norm, all together; 0 for never, up to 1,000,000.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Batches whose gradients are averaged for one step, 1 to 1,024.</summary>
    public int AccumulateBatches { get; init; } = 1;

    /// <summary>How the step size changes over the run: one of <see cref="LearningRateSchedule.Names"/>.</summary>
    public string Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Power of the <c>poly</c> schedule, above 0 and at most 10.</summary>
    public double PolyPower { get; init; } = 0.9;

    /// <summary>Epochs after which the <c>step</c> schedule lowers the step size, 1 to 10,000.</summary>
    public int StepEpochs { get; init; } = 10;

    /// <summary>What the <c>step</c> schedule multiplies it by then, above 0 and at most 1.</summary>
    public double StepFactor { get; init; } = 0.1;

    /// <summary>Share of the run in which <c>one_cycle</c> rises, 0.01 to 0.99.</summary>
    public double CycleRise { get; init; } = 0.3;

    /// <summary>Steps at the start in which the step size rises in a line to what the schedule says, 0 to 1,000,000.</summary>
    public int WarmupSteps { get; init; }

    private void CheckOptimizer(OptionCheck check)
    {
        check.OneOf(nameof(Optimizer), Optimizer, UpdateRule.Names);
        check.Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "above 0 and at most 1");
        check.Range(nameof(WeightDecay), WeightDecay, 0, 1);
        check.Range(nameof(Momentum), Momentum, 0, 0.999);
        check.Require(!Nesterov || (Optimizer == UpdateRule.Sgd && Momentum > 0), nameof(Nesterov), Nesterov, "false, or sgd with a momentum above 0");
        check.Range(nameof(Beta1), Beta1, 0, 0.9999);
        check.Range(nameof(Beta2), Beta2, 0, 0.99999);
        check.Range(nameof(RmsAlpha), RmsAlpha, 0, 0.9999);
        check.Range(nameof(Epsilon), Epsilon, 1e-12, 0.1);
        check.Range(nameof(ClipNorm), ClipNorm, 0, 1_000_000);
        check.Range(nameof(AccumulateBatches), AccumulateBatches, 1, 1_024);
        check.OneOf(nameof(Schedule), Schedule, LearningRateSchedule.Names);
        check.Require(PolyPower is > 0 and <= 10, nameof(PolyPower), PolyPower, "above 0 and at most 10");
        check.Range(nameof(StepEpochs), StepEpochs, 1, 10_000);
        check.Require(StepFactor is > 0 and <= 1, nameof(StepFactor), StepFactor, "above 0 and at most 1");
        check.Range(nameof(CycleRise), CycleRise, 0.01, 0.99);
        check.Range(nameof(WarmupSteps), WarmupSteps, 0, 1_000_000);
    }
}
