using System.Text;

namespace Maskwright.Hosting.Tests;

/// <summary>Collects what the engine says and lets a test wait for a line.</summary>
public sealed class OutputLines : TextWriter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<string> _lines = [];
    private readonly List<(Predicate<string> Wanted, TaskCompletionSource Seen)> _waiting = [];
    private readonly Lock _lock = new();

    public override Encoding Encoding => Encoding.UTF8;

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public string Text => string.Join('\n', All);

    public override void WriteLine(string? value)
    {
        lock (_lock)
        {
            _lines.Add(value ?? "");
            foreach (var (wanted, seen) in _waiting)
            {
                if (wanted(value ?? ""))
                    seen.TrySetResult();
            }
        }
    }

    public async Task WaitForAsync(Predicate<string> wanted)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.Exists(wanted))
                return;
            _waiting.Add((wanted, seen));
        }

        try
        {
            await seen.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"The line did not come. What came:\n{Text}", late);
        }
    }

    /// <summary>Position of the first line that contains a text; the test fails when there is none.</summary>
    public int IndexOf(string text)
    {
        var index = All.ToList().FindIndex(line => line.Contains(text, StringComparison.Ordinal));
        index.ShouldBeGreaterThanOrEqualTo(0, $"no line contains '{text}' in:\n{Text}");
        return index;
    }
}
