namespace Maskwright.Segmentation;

/// <summary>How the step size changes over a run.</summary>
public static class LearningRateSchedule
{
    /// <summary>The same step size throughout.</summary>
    public const string Constant = "constant";

    /// <summary>From the whole step size down to nothing as (1 - step / steps)^power (Liu et al. 2015, "ParseNet"; torchvision's segmentation recipe).</summary>
    public const string Poly = "poly";

    /// <summary>From the whole step size down to nothing along half a cosine (Loshchilov and Hutter 2017, eq. 5, one period).</summary>
    public const string Cosine = "cosine";

    /// <summary>Lowered by a factor every few epochs.</summary>
    public const string Step = "step";

    /// <summary>
    /// Up from a 25th along half a cosine, then down to a 250,000th along another (Smith and Topin 2018, with PyTorch's
    /// constants).
    /// </summary>
    public const string OneCycle = "one_cycle";

    private const double CycleStart = 1.0 / 25;
    private const double CycleEnd = CycleStart / 10_000;

    /// <summary>The schedules there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [Constant, Poly, Cosine, Step, OneCycle];

    /// <summary>The factor of the step size at one step.</summary>
    /// <param name="options">Names the schedule and its constants.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    /// <returns>From above 0 to 1.</returns>
    /// <exception cref="ArgumentException">There is no such schedule.</exception>
    public static double Factor(TrainingOptions options, long step, long stepsPerEpoch)
    {
        ArgumentNullException.ThrowIfNull(options);
        var steps = options.Epochs * stepsPerEpoch;
        var done = (double)step / steps;
        var factor = options.Schedule switch
        {
            Constant => 1,
            Poly => Math.Pow(1 - done, options.PolyPower),
            Cosine => Between(1, 0, done),
            Step => Math.Pow(options.StepFactor, step / stepsPerEpoch / options.StepEpochs),
            OneCycle => Cycle(step, steps, options.CycleRise),
            var other => throw new ArgumentException($"Schedule '{other}' is not known; expected one of {string.Join(", ", Names)}.", nameof(options)),
        };
        return step < options.WarmupSteps ? factor * (step + 1) / options.WarmupSteps : factor;
    }

    private static double Cycle(long step, long steps, double rise)
    {
        var peak = Math.Max((rise * steps) - 1, 1e-9);
        return step <= peak
            ? Between(CycleStart, 1, step / peak)
            : Between(1, CycleEnd, (step - peak) / (steps - 1 - peak));
    }

    // Half a cosine from one value to another.
    private static double Between(double start, double end, double part) => end + ((start - end) * (1 + Math.Cos(Math.PI * part)) / 2);
}
