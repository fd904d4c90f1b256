using System.Globalization;
using System.Text;

namespace Maskwright.Hosting;

/// <summary>What the engine tells a person about the application as a whole.</summary>
internal static class Report
{
    public const string Banner = "Maskwright embedded engine (API-compatible with Aspire 13.5.2; not Microsoft's Aspire)";

    /// <summary>A table of every process with its state and URLs, under a line that says how the start went.</summary>
    public static string Started(IReadOnlyList<ResourceSnapshot> resources, TimeSpan time)
    {
        var healthy = resources.Count(IsUp);
        var text = new StringBuilder();
        text.AppendLine(healthy == resources.Count
            ? string.Create(CultureInfo.InvariantCulture, $"All {resources.Count} resources are up after {time.TotalSeconds:0.0} s:")
            : string.Create(CultureInfo.InvariantCulture, $"{healthy} of {resources.Count} resources are up after {time.TotalSeconds:0.0} s:"));
        var width = Math.Max(8, resources.Max(resource => resource.Name.Length));
        foreach (var resource in resources)
        {
            text.Append("  ").Append(resource.Name.PadRight(width)).Append("  ").Append(Word(resource).PadRight(9)).Append("  ")
                .AppendJoin("   ", resource.Urls.Select(url => $"{url.EndpointName} {url.Url}"));
            while (text[^1] == ' ')
                text.Length--;
            text.AppendLine();
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>A failure and the last lines that the process wrote.</summary>
    public static string Failure(string name, string reason, IReadOnlyList<string> lastLines)
    {
        if (lastLines.Count == 0)
            return $"'{name}' {reason}";
        var text = new StringBuilder($"'{name}' {reason} Its last lines:");
        foreach (var line in lastLines)
            text.AppendLine().Append("    ").Append(line);
        return text.ToString();
    }

    /// <summary>A process that has done its work well counts as up.</summary>
    private static bool IsUp(ResourceSnapshot resource) =>
        resource is { State: ResourceState.Running, Health: ResourceHealth.Healthy } or { State: ResourceState.Finished, ExitCode: 0, Reason: null };

    private static string Word(ResourceSnapshot resource) => resource.State switch
    {
        ResourceState.Running when resource.Health != ResourceHealth.Healthy => "unhealthy",
        ResourceState.RuntimeUnavailable => "unavailable",
        var state => state.ToString().ToLowerInvariant(),
    };
}
