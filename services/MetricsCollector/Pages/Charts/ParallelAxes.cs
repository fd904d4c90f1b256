using System.Globalization;

namespace Maskwright.MetricsCollector.Pages.Charts;

/// <summary>An axis of parallel coordinates.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Places">Where each of the lines crosses it, from 0 at the bottom to 1; null where a line says nothing.</param>
/// <param name="Ticks">Words beside it, each with its place.</param>
public sealed record ParallelAxis(string Name, IReadOnlyList<double?> Places, IReadOnlyList<(double Place, string Text)> Ticks)
{
    /// <summary>From this ratio of the largest to the smallest on, an axis is logarithmic.</summary>
    public const double LogarithmicFrom = 30;

    private const int MaxTicks = 12;

    /// <summary>Builds an axis of what each line says: numbers by their size, everything else evenly in order.</summary>
    /// <param name="name">What it shows.</param>
    /// <param name="values">What each line says, as text; null where it says nothing.</param>
    public static ParallelAxis Of(string name, IReadOnlyList<string?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var said = values.OfType<string>().ToList();
        double?[] numbers = [.. values.Select(Number)];
        return said.Count > 0 && numbers.Count(number => number is not null) == said.Count
            ? OfNumbers(name, numbers)
            : OfWords(name, values, [.. said.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Whether numbers are better told apart by their ratios.</summary>
    public static bool IsLogarithmic(IEnumerable<double> numbers)
    {
        var (low, high) = numbers.Aggregate((double.PositiveInfinity, 0.0), (range, number) => (Math.Min(range.Item1, number), Math.Max(range.Item2, number)));
        return low > 0 && double.IsFinite(high) && high / low >= LogarithmicFrom;
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static ParallelAxis OfNumbers(string name, double?[] numbers)
    {
        var known = numbers.OfType<double>().ToList();
        var logarithmic = IsLogarithmic(known);
        var (low, high) = (Scaled(known.Min()), Scaled(known.Max()));
        List<(double, string)> ticks = known.Distinct().Count() <= MaxTicks / 2
            ? [.. known.Distinct().Order().Select(number => (Place(number), Text(number)))]
            : [(0, Text(known.Min())), (0.5, Text(Unscaled((low + high) / 2))), (1, Text(known.Max()))];
        return new ParallelAxis(name, [.. numbers.Select(number => number is { } value ? Place(value) : (double?)null)], ticks);

        double Scaled(double value) => logarithmic ? Math.Log(value) : value;
        double Unscaled(double value) => logarithmic ? Math.Exp(value) : value;
        double Place(double value) => high > low ? (Scaled(value) - low) / (high - low) : 0.5;
        static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
    }

    private static ParallelAxis OfWords(string name, IReadOnlyList<string?> values, List<string> words)
    {
        return new ParallelAxis(
            name,
            [.. values.Select(value => value is null ? (double?)null : Place(words.IndexOf(value)))],
            [.. words.Index().Where(word => words.Count <= MaxTicks || word.Index == 0 || word.Index == words.Count - 1).Select(word => (Place(word.Index), word.Item))]);

        double Place(int index) => words.Count > 1 ? (double)index / (words.Count - 1) : 0.5;
    }
}
