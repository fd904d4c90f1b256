using System.Globalization;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>What the engine tells a person about the application as a whole.</summary>
internal static class Report
{
    public const string Banner = "Maskwright embedded engine (API-compatible with Aspire 13.5.2; not Microsoft's Aspire)";

    /// <summary>A table of every process with its state and URLs, under a line that says how the start went.</summary>
    public static string Started(IReadOnlyList<ResourceRun> runs, TimeSpan time)
    {
        var healthy = runs.Count(run => run.Healthy.IsCompletedSuccessfully && run.Healthy.Result is null);
        var text = new StringBuilder();
        text.AppendLine(healthy == runs.Count
            ? string.Create(CultureInfo.InvariantCulture, $"All {runs.Count} resources are up after {time.TotalSeconds:0.0} s:")
            : string.Create(CultureInfo.InvariantCulture, $"{healthy} of {runs.Count} resources are up after {time.TotalSeconds:0.0} s:"));
        var width = Math.Max(8, runs.Max(run => run.Name.Length));
        foreach (var run in runs)
        {
            var urls = run.Resource is IResourceWithEndpoints owner
                ? owner.Annotations.OfType<EndpointAnnotation>()
                    .Where(endpoint => endpoint.AllocatedPort is not null)
                    .Select(endpoint => $"{endpoint.Name} {new EndpointReference(owner, endpoint.Name).Url}")
                : [];
            text.Append("  ").Append(run.Name.PadRight(width)).Append("  ").Append(run.State.PadRight(9)).Append("  ").AppendJoin("   ", urls);
            while (text[^1] == ' ')
                text.Length--;
            text.AppendLine();
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>A failure and the last lines that the process wrote.</summary>
    public static string Failure(ResourceRun run, string reason)
    {
        var lines = run.LastLines();
        if (lines.Count == 0)
            return $"'{run.Name}' {reason}";
        var text = new StringBuilder($"'{run.Name}' {reason} Its last lines:");
        foreach (var line in lines)
            text.AppendLine().Append("    ").Append(line);
        return text.ToString();
    }
}
