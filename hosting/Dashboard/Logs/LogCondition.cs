using System.Globalization;
using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Logs;

/// <summary>
/// Something that an attribute of a log record must fulfil, written <c>key operator value</c>. Keys <c>category</c>,
/// <c>message</c>, <c>resource</c> and <c>instance</c> stand for those; a record without the attribute fulfils only negations.
/// </summary>
/// <param name="Key">Name of the attribute.</param>
/// <param name="Operator">One of <see cref="Operators"/>.</param>
/// <param name="Value">What it is compared with, as text, for the four orders as a number.</param>
internal sealed record LogCondition(string Key, string Operator, string Value)
{
    /// <summary>Equal, unequal, contains, does not contain, and the four orders of numbers.</summary>
    public static readonly IReadOnlyList<string> Operators = ["=", "!=", "~", "!~", ">", ">=", "<", "<="];

    /// <summary>Reads what <see cref="ToString"/> writes; null for anything else.</summary>
    public static LogCondition? Parse(string text)
    {
        var parts = text.Split(' ', 3);
        return parts is [{ Length: > 0 } key, var comparison, var value] && Operators.Contains(comparison) ? new LogCondition(key, comparison, value) : null;
    }

    public bool Holds(LogEntry entry)
    {
        var actual = Key switch
        {
            "message" => entry.Message,
            "category" => entry.Source.Scope,
            "resource" => entry.Source.Resource,
            "instance" => entry.Source.Instance,
            _ => Find(entry),
        };
        return Operator switch
        {
            "=" => string.Equals(actual, Value, StringComparison.OrdinalIgnoreCase),
            "!=" => !string.Equals(actual, Value, StringComparison.OrdinalIgnoreCase),
            "~" => actual?.Contains(Value, StringComparison.OrdinalIgnoreCase) == true,
            "!~" => actual?.Contains(Value, StringComparison.OrdinalIgnoreCase) != true,
            _ => Ordered(actual),
        };
    }

    public override string ToString() => $"{Key} {Operator} {Value}";

    private string? Find(LogEntry entry)
    {
        foreach (var attribute in entry.Attributes)
        {
            if (attribute.Key == Key)
                return attribute.Text;
        }

        return null;
    }

    private bool Ordered(string? actual)
    {
        if (!double.TryParse(actual, NumberStyles.Float, CultureInfo.InvariantCulture, out var left) || !double.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var right))
            return false;
        return Operator switch
        {
            ">" => left > right,
            ">=" => left >= right,
            "<" => left < right,
            _ => left <= right,
        };
    }
}
