using System.Globalization;

namespace Maskwright.Trainer;

/// <summary>The names of classes as parts of metrics' names: other characters than letters and digits become <c>_</c>.</summary>
internal static class MetricNames
{
    // Two of them fit a name of 200 characters.
    private const int MaxLength = 80;

    /// <summary>A name for each class; a second class of the same name gets its index behind it.</summary>
    /// <param name="classes">Names of the classes by index.</param>
    public static IReadOnlyList<string> OfClasses(IReadOnlyList<string> classes)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = new string[classes.Count];
        for (int index = 0; index < classes.Count; index++)
        {
            string plain = string.Concat(classes[index].Take(MaxLength).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
            names[index] = taken.Add(plain) ? plain : string.Create(CultureInfo.InvariantCulture, $"{plain}_{index}");
            taken.Add(names[index]);
        }

        return names;
    }
}
