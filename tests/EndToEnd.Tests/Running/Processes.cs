using System.Globalization;

namespace Maskwright.EndToEnd.Tests;

/// <summary>Finds the processes of one application by a variable that all of them inherit, whoever their parent is by now.</summary>
internal static class Processes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Command lines by id of the living processes whose environment holds the variable; a zombie has none any more.</summary>
    public static IReadOnlyDictionary<int, string> With(string variable)
    {
        var found = new Dictionary<int, string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "environ")).Split('\0').Contains(variable))
                    found[id] = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ').Trim();
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended while it was looked at, or is another user's.
                continue;
            }
        }

        return found;
    }

    /// <summary>Waits until none is left: a killed process needs a moment until the system has cleared it away.</summary>
    /// <exception cref="TimeoutException">Some stay; the message shows them.</exception>
    public static async Task NoneLeftAsync(string variable)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (With(variable) is { Count: > 0 } alive)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                throw new TimeoutException($"These processes are left:\n{string.Join('\n', alive.Select(entry => $"{entry.Key} {entry.Value}"))}");
            await Task.Delay(Look);
        }
    }
}
