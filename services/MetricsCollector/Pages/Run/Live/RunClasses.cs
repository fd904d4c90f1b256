namespace Maskwright.MetricsCollector.Pages.Run.Live;

/// <summary>The classes of a run, as far as it has told them.</summary>
internal static class RunClasses
{
    /// <summary>Names, index 0 first; empty where the run has not told them.</summary>
    public static IReadOnlyList<string> Of(StoredRun run) =>
        run.Registration.Lineage.GetValueOrDefault("classes") is { Length: > 0 } names ? names.Split(", ") : [];
}
