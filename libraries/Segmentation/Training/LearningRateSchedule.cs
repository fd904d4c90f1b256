namespace Maskwright.Segmentation;

/// <summary>How the step size changes over a run.</summary>
public static class LearningRateSchedule
{
    /// <summary>The same step size throughout.</summary>
    public const string Constant = "constant";

    /// <summary>From the whole step size down to nothing as (1 - step / steps)^0.9, step by step (Liu et al. 2015, "ParseNet"; torchvision's segmentation recipe).</summary>
    public const string Poly = "poly";

    private const double PolyPower = 0.9;

    /// <summary>The schedules there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [Constant, Poly];

    /// <summary>The factor of the step size at one step.</summary>
    /// <param name="schedule">One of <see cref="Names"/>.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">Steps of the whole run.</param>
    /// <returns>From above 0 to 1.</returns>
    /// <exception cref="ArgumentException">There is no such schedule.</exception>
    public static double Factor(string schedule, long step, long steps) => schedule switch
    {
        Constant => 1,
        Poly => Math.Pow(1 - ((double)step / steps), PolyPower),
        _ => throw new ArgumentException($"Schedule '{schedule}' is not known; expected one of {string.Join(", ", Names)}.", nameof(schedule)),
    };
}
