namespace Maskwright.Segmentation;

/// <summary>One option that cannot be used.</summary>
/// <param name="Field">The property's name, e.g. <c>BatchSize</c>.</param>
/// <param name="Message">What it is and what was expected.</param>
public sealed record OptionError(string Field, string Message);

/// <summary>Gathers everything that is wrong with options.</summary>
internal sealed class OptionCheck
{
    private readonly List<OptionError> _errors = [];

    public IReadOnlyList<OptionError> Errors => _errors;

    public void Add(string field, string message) => _errors.Add(new OptionError(field, message));

    public void Require(bool holds, string field, object value, string expected)
    {
        if (!holds)
        {
            Add(field, FormattableString.Invariant($"{field} is {value}; expected {expected}."));
        }
    }

    public void OneOf(string field, string value, IReadOnlyList<string> names) =>
        Require(names.Contains(value), field, value, $"one of {string.Join(", ", names)}");

    public void Range(string field, double value, double least, double most, string unit = "") =>
        Require(value >= least && value <= most, field, value, FormattableString.Invariant($"{least} to {most}{(unit.Length > 0 ? " " : "")}{unit}"));

    public void Probability(string field, double value) => Require(value is >= 0 and <= 1, field, value, "a probability from 0 to 1");
}
