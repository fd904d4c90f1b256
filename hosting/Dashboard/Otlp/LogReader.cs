using Maskwright.Dashboard.Otlp.Wire;
using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Otlp;

/// <summary>Takes log records out of messages into the store.</summary>
internal sealed class LogReader(TelemetryStore store)
{
    private readonly Lock _lock = new();
    private readonly AttributeReader _attributes = new(store.Limits);

    public ExportLogsServiceResponse Take(ExportLogsServiceRequest request)
    {
        List<LogEntry> entries = [];
        var refused = 0;
        lock (_lock)
        {
            foreach (var group in request.ResourceLogs)
            {
                var (name, instance) = _attributes.Sender(group.Resource);
                if (!store.Admit(name))
                {
                    refused += group.ScopeLogs.Sum(scope => scope.LogRecords.Count);
                    continue;
                }

                foreach (var scope in group.ScopeLogs)
                {
                    var source = new TelemetrySource(name, instance, _attributes.Text(scope.Scope?.Name ?? ""));
                    foreach (var record in scope.LogRecords)
                        entries.Add(Read(record, source));
                }
            }
        }

        store.Logs.Add(entries, refused);
        return refused == 0 ? new() : new()
        {
            PartialSuccess = new() { RejectedLogRecords = refused, ErrorMessage = $"More than {store.Limits.MaxResourceCount} resources send." },
        };
    }

    private LogEntry Read(LogRecord record, TelemetrySource source) => new()
    {
        Time = UnixTime.From(record.TimeUnixNano != 0 ? record.TimeUnixNano : record.ObservedTimeUnixNano),
        Severity = Severity((int)record.SeverityNumber),
        Message = record.Body is null ? _attributes.Text(record.EventName) : _attributes.Body(record.Body),
        Source = source,
        Attributes = _attributes.Read(record.Attributes),
        TraceId = TraceId.From(record.TraceId.Span),
        SpanId = SpanId.From(record.SpanId.Span),
    };

    private static LogSeverity Severity(int number) => number switch
    {
        < 1 => LogSeverity.None,
        < (int)LogSeverity.Debug => LogSeverity.Trace,
        < (int)LogSeverity.Information => LogSeverity.Debug,
        < (int)LogSeverity.Warning => LogSeverity.Information,
        < (int)LogSeverity.Error => LogSeverity.Warning,
        < (int)LogSeverity.Critical => LogSeverity.Error,
        _ => LogSeverity.Critical,
    };
}
