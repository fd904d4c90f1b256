using System.Text.RegularExpressions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The rule that names of resources and endpoints follow.</summary>
internal static partial class ResourceName
{
    private const int MaxLength = 64;

    public static void Check(string name, string what = "resource")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > MaxLength || !Pattern().IsMatch(name))
        {
            throw new ArgumentException(
                $"'{name}' cannot name a {what}: use 1 to {MaxLength} ASCII letters, digits and single hyphens, starting with a letter and not ending with a hyphen.",
                nameof(name));
        }
    }

    /// <summary>The name as part of an environment variable: <c>my-store</c> becomes <c>MY_STORE</c>.</summary>
    public static string ToVariable(string name) => name.Replace('-', '_').ToUpperInvariant();

    [GeneratedRegex("^[A-Za-z](?:-?[A-Za-z0-9])*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
