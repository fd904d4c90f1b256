using Microsoft.Extensions.Logging;

namespace Maskwright.ServiceDefaults.Tests;

/// <summary>One line of a log.</summary>
internal sealed record LogLine(string Category, LogLevel Level, string Message, Exception? Exception);

/// <summary>Keeps what was logged, and lets a test wait for a line or act on one as it is written.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    private readonly Lock _lock = new();
    private readonly List<LogLine> _lines = [];
    private readonly List<(string Part, TaskCompletionSource Seen)> _waiting = [];

    public Action<LogLine>? OnLine { get; set; }

    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    /// <summary>Ends with the first line that holds this text, be it written already or later.</summary>
    public Task WaitForAsync(string part)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.Any(line => line.Message.Contains(part, StringComparison.Ordinal)))
                return Task.CompletedTask;
            _waiting.Add((part, seen));
        }

        return seen.Task.OrFailAsync();
    }

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public ILogger<T> CreateLogger<T>() => new LoggerFactory([this]).CreateLogger<T>();

    public void Dispose()
    {
    }

    private void Add(LogLine line)
    {
        lock (_lock)
        {
            _lines.Add(line);
            foreach (var (_, seen) in _waiting.Where(entry => line.Message.Contains(entry.Part, StringComparison.Ordinal)))
                seen.TrySetResult();
        }

        OnLine?.Invoke(line);
    }

    private sealed class Recorder(RecordedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Add(new LogLine(category, logLevel, formatter(state, exception), exception));
    }
}
