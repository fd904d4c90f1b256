namespace Maskwright.MetricsCollector.Pages.Charts;

/// <summary>Exponential smoothing of a curve.</summary>
internal static class Smoothing
{
    /// <summary>
    /// Each value as the mean of itself and what came before, weighted by <paramref name="kept"/> to the power of the distance;
    /// the weights sum to 1 from the first value on, so that a curve begins where it began. What is not finite is left out.
    /// </summary>
    /// <param name="values">The curve.</param>
    /// <param name="kept">Share of its past that each value keeps, from 0 (the curve as it is) to below 1.</param>
    public static IReadOnlyList<double?> Of(IReadOnlyList<double> values, double kept)
    {
        var (sum, weight) = (0.0, 0.0);
        var smooth = new double?[values.Count];
        for (var i = 0; i < values.Count; i++)
        {
            if (!double.IsFinite(values[i]))
                continue;
            (sum, weight) = ((kept * sum) + values[i], (kept * weight) + 1);
            smooth[i] = sum / weight;
        }

        return smooth;
    }
}
