using System.Buffers.Binary;
using System.Net.Http.Headers;
using Google.Protobuf;
using Maskwright.Dashboard.Otlp.Wire;
using Maskwright.Dashboard.Telemetry;
using Maskwright.Hosting;
using WireSpan = Maskwright.Dashboard.Otlp.Wire.Span;
using WireStatus = Maskwright.Dashboard.Otlp.Wire.Status;

namespace Maskwright.Dashboard.Tests;

/// <summary>Messages with made-up telemetry, and their way into a dashboard.</summary>
internal static class SampleTelemetry
{
    private const ulong Millisecond = 1_000_000;

    public static ulong Now => (ulong)UnixTime.From(TimeProvider.System.GetUtcNow());

    public static ByteString TraceIdOf(ulong number)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), number);
        return ByteString.CopyFrom(bytes);
    }

    public static ByteString SpanIdOf(ulong number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return ByteString.CopyFrom(bytes);
    }

    public static KeyValue Attribute(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    public static Resource Resource(string name) => new() { Attributes = { Attribute("service.name", name), Attribute("service.instance.id", name) } };

    /// <summary>A trace whose spans lie in one another like a tree of up to four branches; every 50th but the first ends in an error.</summary>
    public static IEnumerable<WireSpan> Trace(ulong number, int spans, ulong start)
    {
        for (var i = 0; i < spans; i++)
        {
            var depth = i == 0 ? 0 : (int)Math.Log(i, 4) + 1;
            yield return new WireSpan
            {
                TraceId = TraceIdOf(number),
                SpanId = SpanIdOf((ulong)i + 1),
                ParentSpanId = i == 0 ? ByteString.Empty : SpanIdOf((ulong)((i - 1) / 4) + 1),
                Name = i == 0 ? $"POST /work/{number}" : $"step {i}",
                Kind = i == 0 ? WireSpan.Types.SpanKind.Server : WireSpan.Types.SpanKind.Internal,
                StartTimeUnixNano = start + ((ulong)i * Millisecond / 4),
                EndTimeUnixNano = start + ((ulong)i * Millisecond / 4) + ((ulong)Math.Max(1, (spans / 4) >> depth) * Millisecond),
                Attributes = { Attribute("http.request.method", "POST"), Attribute("work.item", $"{i}") },
                Status = i % 50 == 49 ? new WireStatus { Code = WireStatus.Types.StatusCode.Error, Message = "It went wrong." } : new WireStatus(),
            };
        }
    }

    public static ExportTraceServiceRequest Spans(string resource, IEnumerable<WireSpan> spans) => new()
    {
        ResourceSpans = { new ResourceSpans { Resource = Resource(resource), ScopeSpans = { new ScopeSpans { Scope = new() { Name = "Sample" }, Spans = { spans } } } } },
    };

    public static ExportLogsServiceRequest Logs(string resource, IEnumerable<LogRecord> records) => new()
    {
        ResourceLogs = { new ResourceLogs { Resource = Resource(resource), ScopeLogs = { new ScopeLogs { Scope = new() { Name = "Sample.Category" }, LogRecords = { records } } } } },
    };

    public static LogRecord Log(string message, SeverityNumber severity = SeverityNumber.Info, ulong trace = 0, ulong span = 0, params KeyValue[] attributes) => new()
    {
        TimeUnixNano = Now,
        SeverityNumber = severity,
        Body = new AnyValue { StringValue = message },
        TraceId = trace == 0 ? ByteString.Empty : TraceIdOf(trace),
        SpanId = span == 0 ? ByteString.Empty : SpanIdOf(span),
        Attributes = { attributes },
    };

    /// <summary>Sends a message over HTTP/protobuf.</summary>
    public static async Task SendAsync(this RunningDashboard dashboard, IMessage message, CancellationToken cancellationToken)
    {
        var path = message switch
        {
            ExportTraceServiceRequest => "v1/traces",
            ExportLogsServiceRequest => "v1/logs",
            _ => "v1/metrics",
        };
        using var client = new HttpClient();
        using var content = new ByteArrayContent(message.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.Add("x-otlp-api-key", dashboard.OtlpApiKey);
        using var response = await client.PostAsync(new Uri(dashboard.OtlpHttpEndpoint, path), content, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
