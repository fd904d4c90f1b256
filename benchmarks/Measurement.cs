using System.Diagnostics;

namespace Maskwright.Benchmarks;

/// <summary>Repeats a measurement and takes the median, which a noisy machine moves least.</summary>
public static class Measurement
{
    /// <summary>The middle value; the mean of the two middle ones of an even number.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0
            ? throw new ArgumentException("There is nothing to take the median of.", nameof(values))
            : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Median seconds of <paramref name="n"/> calls, after one that is not counted.</summary>
    public static async Task<double> SecondsAsync(int n, Func<Task> work)
    {
        await work();
        var seconds = new List<double>(n);
        for (var i = 0; i < n; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await work();
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return Median(seconds);
    }

    /// <inheritdoc cref="SecondsAsync(int, Func{Task})"/>
    public static Task<double> SecondsAsync(int n, Action work) => SecondsAsync(n, () =>
    {
        work();
        return Task.CompletedTask;
    });
}
