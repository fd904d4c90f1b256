using Google.Protobuf.Collections;
using Maskwright.Dashboard.Otlp.Wire;
using Maskwright.Dashboard.Telemetry;
using Span = Maskwright.Dashboard.Telemetry.Span;

namespace Maskwright.Dashboard.Otlp;

/// <summary>Takes spans out of messages into the store.</summary>
internal sealed class SpanReader(TelemetryStore store)
{
    private readonly Lock _lock = new();
    private readonly AttributeReader _attributes = new(store.Limits);

    public ExportTraceServiceResponse Take(ExportTraceServiceRequest request)
    {
        List<(TraceId, Span)> spans = [];
        var refused = 0;
        lock (_lock)
        {
            foreach (var group in request.ResourceSpans)
            {
                var (name, instance) = _attributes.Sender(group.Resource);
                if (!store.Admit(name))
                {
                    refused += group.ScopeSpans.Sum(scope => scope.Spans.Count);
                    continue;
                }

                foreach (var scope in group.ScopeSpans)
                {
                    var source = new TelemetrySource(name, instance, _attributes.Text(scope.Scope?.Name ?? ""));
                    foreach (var span in scope.Spans)
                    {
                        var trace = TraceId.From(span.TraceId.Span);
                        var id = SpanId.From(span.SpanId.Span);
                        if (trace.IsNone || id.IsNone)
                            refused++;
                        else
                            spans.Add((trace, Read(span, id, source)));
                    }
                }
            }
        }

        refused += store.Traces.Add(spans, refused);
        return refused == 0 ? new() : new()
        {
            PartialSuccess = new()
            {
                RejectedSpans = refused,
                ErrorMessage = $"A span needs a trace_id of 16 bytes and a span_id of 8, neither all zero; a trace takes {store.Limits.MaxSpansPerTrace} spans, and {store.Limits.MaxResourceCount} resources may send.",
            },
        };
    }

    private Span Read(Wire.Span span, SpanId id, TelemetrySource source)
    {
        var start = UnixTime.From(span.StartTimeUnixNano);
        return new Span
        {
            Id = id,
            Parent = SpanId.From(span.ParentSpanId.Span),
            Name = _attributes.Text(span.Name),
            Kind = span.Kind is > Wire.Span.Types.SpanKind.Unspecified and <= Wire.Span.Types.SpanKind.Consumer ? (SpanKind)span.Kind : SpanKind.Unspecified,
            Start = start,
            Duration = Math.Max(0, UnixTime.From(span.EndTimeUnixNano) - start),
            Status = span.Status?.Code switch
            {
                Status.Types.StatusCode.Error => SpanStatus.Error,
                Status.Types.StatusCode.Ok => SpanStatus.Ok,
                _ => SpanStatus.Unset,
            },
            StatusMessage = _attributes.Text(span.Status?.Message ?? ""),
            Source = source,
            Attributes = _attributes.Read(span.Attributes),
            Events = Events(span.Events),
            Links = Links(span.Links),
        };
    }

    private SpanEvent[] Events(RepeatedField<Wire.Span.Types.Event> events) => events.Count == 0 ? [] :
    [
        .. events.Take(store.Limits.MaxSpanEventCount)
            .Select(entry => new SpanEvent(UnixTime.From(entry.TimeUnixNano), _attributes.Text(entry.Name), _attributes.Read(entry.Attributes))),
    ];

    private SpanLink[] Links(RepeatedField<Wire.Span.Types.Link> links) => links.Count == 0 ? [] :
    [
        .. links.Take(store.Limits.MaxAttributeCount)
            .Select(link => new SpanLink(TraceId.From(link.TraceId.Span), SpanId.From(link.SpanId.Span), _attributes.Read(link.Attributes))),
    ];
}
