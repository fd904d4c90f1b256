using System.Diagnostics;
using System.Globalization;

namespace Maskwright.Hosting.Tests;

/// <summary>Finds processes by a variable that all descendants of a process inherit, whoever their parent is by now.</summary>
internal static class Processes
{
    public const string Marker = "HOSTING_TEST_MARKER";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Ids of the living processes that carry the marker; a zombie has no environment any more.</summary>
    public static IReadOnlyList<int> Marked(string value)
    {
        List<int> found = [];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "environ")).Split('\0').Contains($"{Marker}={value}"))
                    found.Add(id);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                continue;
            }
        }

        return found;
    }

    /// <summary>A killed process needs a moment until the system has cleared it away.</summary>
    public static async Task WaitUntilGoneAsync(string marker)
    {
        var start = Stopwatch.GetTimestamp();
        while (Marked(marker) is { Count: > 0 } alive)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
                throw new TimeoutException($"These are still there:\n{Describe(alive)}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static string Describe(IEnumerable<int> ids) => string.Join('\n', ids.Select(id =>
        File.Exists($"/proc/{id}/cmdline") ? $"{id} {File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ')}" : $"{id} (gone)"));
}
