using System.Runtime.CompilerServices;

namespace Maskwright.Hosting;

/// <summary>One line that a resource wrote.</summary>
/// <param name="Number">1 for the first line ever, then without gaps.</param>
/// <param name="At">When it was read.</param>
/// <param name="IsError">Whether it came from standard error.</param>
/// <param name="Text">The line without its end, as text for people: bytes that are no UTF-8 stand as U+FFFD, control characters and escape sequences are gone except tabs and colours (<c>ESC [ … m</c>), secrets are masked, and an overlong line is cut and says so. It is not HTML.</param>
public sealed record ConsoleLine(long Number, DateTimeOffset At, bool IsError, string Text);

/// <summary>What is kept of a console log at one moment.</summary>
/// <param name="Lines">The kept lines, oldest first.</param>
/// <param name="Dropped">How many older lines were dropped to stay within the bound.</param>
public sealed record ConsoleLogSnapshot(IReadOnlyList<ConsoleLine> Lines, long Dropped);

/// <summary>The last lines that a resource wrote. Safe to use from several threads.</summary>
/// <param name="maxLines">How many lines are kept, at least 1.</param>
/// <param name="maxCharacters">How many characters are kept in all; the newest line is kept whatever its length.</param>
/// <param name="time">The clock.</param>
public sealed class ConsoleLog(int maxLines, int maxCharacters, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<ConsoleLine> _lines = new();
    private long _written;
    private long _characters;
    private TaskCompletionSource _added = NewSignal();

    /// <summary>What is kept now.</summary>
    public ConsoleLogSnapshot Snapshot()
    {
        lock (_lock)
            return new ConsoleLogSnapshot([.. _lines], _written - _lines.Count);
    }

    /// <summary>
    /// The lines kept now and then those that come, in batches. A reader that is slower than the writer by more than the
    /// bound misses lines; their numbers show it.
    /// </summary>
    /// <param name="cancellationToken">Ends the watch, with <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<IReadOnlyList<ConsoleLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long seen = 0;
        while (true)
        {
            ConsoleLine[] lines;
            Task added;
            lock (_lock)
            {
                lines = [.. _lines.Skip((int)Math.Max(0, _lines.Count - (_written - seen)))];
                seen = _written;
                added = _added.Task;
            }

            if (lines.Length > 0)
                yield return lines;
            await added.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Adds a line, dropping the oldest ones where there would be too much.</summary>
    /// <param name="text">The line, clean already (see <see cref="ConsoleLine"/>).</param>
    /// <param name="isError">Whether it came from standard error.</param>
    public void Add(string text, bool isError)
    {
        lock (_lock)
        {
            _characters += text.Length;
            while (_lines.Count > 0 && (_lines.Count >= maxLines || _characters > maxCharacters))
                _characters -= _lines.Dequeue().Text.Length;
            _lines.Enqueue(new ConsoleLine(++_written, time.GetUtcNow(), isError, text));
            var added = _added;
            _added = NewSignal();
            added.SetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
