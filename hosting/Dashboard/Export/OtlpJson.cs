using System.Globalization;
using System.Text.Json;
using Maskwright.Dashboard.Otlp;
using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Export;

/// <summary>Writes what is kept as OTLP's JSON, which other OTLP backends read. Ids are hexadecimal and 64-bit numbers are strings, as OTLP wants it.</summary>
internal static class OtlpJson
{
    public static void Logs(Utf8JsonWriter json, IEnumerable<LogEntry> entries) => Document(
        json, "resourceLogs", "scopeLogs", "logRecords", entries.GroupBy(entry => entry.Source), entry =>
        {
            json.WriteString("timeUnixNano", Number(entry.Time));
            json.WriteNumber("severityNumber", (int)entry.Severity);
            json.WriteString("severityText", entry.Severity.ToString());
            json.WritePropertyName("body");
            Value(json, entry.Message);
            Attributes(json, entry.Attributes);
            if (!entry.TraceId.IsNone)
                json.WriteString("traceId", entry.TraceId.ToString());
            if (!entry.SpanId.IsNone)
                json.WriteString("spanId", entry.SpanId.ToString());
        });

    public static void Spans(Utf8JsonWriter json, IEnumerable<(TraceId Trace, Span Span)> spans) => Document(
        json, "resourceSpans", "scopeSpans", "spans", spans.GroupBy(entry => entry.Span.Source), entry =>
        {
            var (trace, span) = entry;
            json.WriteString("traceId", trace.ToString());
            json.WriteString("spanId", span.Id.ToString());
            if (!span.Parent.IsNone)
                json.WriteString("parentSpanId", span.Parent.ToString());
            json.WriteString("name", span.Name);
            json.WriteNumber("kind", (int)span.Kind);
            json.WriteString("startTimeUnixNano", Number(span.Start));
            json.WriteString("endTimeUnixNano", Number(span.End));
            Attributes(json, span.Attributes);
            json.WriteStartArray("events");
            foreach (var happened in span.Events)
            {
                json.WriteStartObject();
                json.WriteString("timeUnixNano", Number(happened.Time));
                json.WriteString("name", happened.Name);
                Attributes(json, happened.Attributes);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("links");
            foreach (var link in span.Links)
            {
                json.WriteStartObject();
                json.WriteString("traceId", link.TraceId.ToString());
                json.WriteString("spanId", link.SpanId.ToString());
                Attributes(json, link.Attributes);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("status");
            json.WriteNumber("code", (int)span.Status);
            if (span.StatusMessage.Length > 0)
                json.WriteString("message", span.StatusMessage);
            json.WriteEndObject();
        });

    public static void Metrics(Utf8JsonWriter json, IEnumerable<(Instrument Instrument, IReadOnlyList<MetricSeries> Series)> metrics) => Document(
        json, "resourceMetrics", "scopeMetrics", "metrics", metrics.GroupBy(metric => new TelemetrySource(metric.Instrument.Resource, "", metric.Instrument.Meter)), metric =>
        {
            var (instrument, series) = metric;
            json.WriteString("name", instrument.Name);
            json.WriteString("description", instrument.Description);
            json.WriteString("unit", instrument.Unit);
            json.WriteStartObject(instrument.Kind switch
            {
                InstrumentKind.Gauge => "gauge",
                InstrumentKind.Histogram => "histogram",
                _ => "sum",
            });
            if (instrument.Kind != InstrumentKind.Gauge)
                json.WriteNumber("aggregationTemporality", (int)Otlp.Wire.AggregationTemporality.Cumulative);
            if (instrument.Kind is InstrumentKind.Counter or InstrumentKind.UpDownCounter)
                json.WriteBoolean("isMonotonic", instrument.Kind == InstrumentKind.Counter);
            json.WriteStartArray("dataPoints");
            foreach (var (attributes, points) in series)
            {
                foreach (var point in points)
                    Point(json, attributes, point);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });

    private static void Point(Utf8JsonWriter json, IReadOnlyList<TelemetryAttribute> attributes, MetricPoint point)
    {
        json.WriteStartObject();
        Attributes(json, attributes);
        json.WriteString("timeUnixNano", Number(point.To));
        if (point.Buckets is not { } buckets)
        {
            Real("asDouble", point.Value);
        }
        else
        {
            json.WriteString("count", buckets.Total.ToString(CultureInfo.InvariantCulture));
            Real("sum", point.Value);
            json.WriteStartArray("bucketCounts");
            foreach (var count in buckets.Counts)
                json.WriteStringValue(count.ToString(CultureInfo.InvariantCulture));
            json.WriteEndArray();
            json.WriteStartArray("explicitBounds");
            foreach (var bound in buckets.Bounds)
                json.WriteNumberValue(double.IsFinite(bound) ? bound : Math.CopySign(double.MaxValue, bound));
            json.WriteEndArray();
        }

        json.WriteEndObject();

        void Real(string name, double value)
        {
            if (double.IsFinite(value))
                json.WriteNumber(name, value);
            else
                json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void Document<T>(
        Utf8JsonWriter json, string resources, string scopes, string items, IEnumerable<IGrouping<TelemetrySource, T>> groups, Action<T> write)
    {
        json.WriteStartObject();
        json.WriteStartArray(resources);
        foreach (var resource in groups.GroupBy(group => (group.Key.Resource, group.Key.Instance)))
        {
            json.WriteStartObject();
            json.WriteStartObject("resource");
            Attributes(json, resource.Key.Instance.Length == 0
                ? [new("service.name", resource.Key.Resource)]
                : [new("service.name", resource.Key.Resource), new(MetricReader.InstanceKey, resource.Key.Instance)]);
            json.WriteEndObject();
            json.WriteStartArray(scopes);
            foreach (var scope in resource)
            {
                json.WriteStartObject();
                json.WriteStartObject("scope");
                json.WriteString("name", scope.Key.Scope);
                json.WriteEndObject();
                json.WriteStartArray(items);
                foreach (var item in scope)
                {
                    json.WriteStartObject();
                    write(item);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Attributes(Utf8JsonWriter json, IEnumerable<TelemetryAttribute> attributes)
    {
        json.WriteStartArray("attributes");
        foreach (var (key, value) in attributes)
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WritePropertyName("value");
            Value(json, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Value(Utf8JsonWriter json, object value)
    {
        json.WriteStartObject();
        switch (value)
        {
            case bool flag:
                json.WriteBoolean("boolValue", flag);
                break;
            case long whole:
                json.WriteString("intValue", Number(whole));
                break;
            case double real when double.IsFinite(real):
                json.WriteNumber("doubleValue", real);
                break;
            case double real:
                json.WriteString("doubleValue", real.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString("stringValue", (string)value);
                break;
        }

        json.WriteEndObject();
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
