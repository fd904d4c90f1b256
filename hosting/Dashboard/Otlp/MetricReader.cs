using Google.Protobuf.Collections;
using Maskwright.Dashboard.Otlp.Wire;
using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Otlp;

/// <summary>Takes points of metrics out of messages into the store.</summary>
internal sealed class MetricReader(TelemetryStore store)
{
    /// <summary>The dimension that tells several processes of one service apart.</summary>
    public const string InstanceKey = "service.instance.id";

    /// <summary>The dimension of a summary's quantiles.</summary>
    private const string QuantileKey = "quantile";

    private readonly Lock _lock = new();
    private readonly AttributeReader _attributes = new(store.Limits);

    public ExportMetricsServiceResponse Take(ExportMetricsServiceRequest request)
    {
        List<MetricReport> reports = [];
        var refused = 0;
        lock (_lock)
        {
            foreach (var group in request.ResourceMetrics)
            {
                var (name, instance) = _attributes.Sender(group.Resource);
                var admitted = store.Admit(name);
                foreach (var scope in group.ScopeMetrics)
                {
                    foreach (var metric in scope.Metrics)
                    {
                        if (!admitted)
                            refused += Count(metric);
                        else
                            refused += Read(metric, new TelemetrySource(name, instance, _attributes.Text(scope.Scope?.Name ?? "")), reports);
                    }
                }
            }
        }

        refused += store.Metrics.Add(reports, refused);
        return refused == 0 ? new() : new()
        {
            PartialSuccess = new()
            {
                RejectedDataPoints = refused,
                ErrorMessage = $"A histogram needs ascending bounds and one count more than bounds; a resource may have {store.Limits.MaxInstrumentCount} instruments, and {store.Limits.MaxResourceCount} resources may send.",
            },
        };
    }

    private static int Count(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Count,
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Count,
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Count,
        Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Count,
        Metric.DataOneofCase.Summary => metric.Summary.DataPoints.Count,
        _ => 0,
    };

    /// <returns>How many points made no sense.</returns>
    private int Read(Metric metric, TelemetrySource source, List<MetricReport> reports)
    {
        var refused = 0;
        switch (metric.DataCase)
        {
            case Metric.DataOneofCase.Gauge:
                foreach (var point in metric.Gauge.DataPoints)
                    Add(InstrumentKind.Gauge, point.Attributes, point.TimeUnixNano, Number(point), null, false);
                break;
            case Metric.DataOneofCase.Sum:
                var kind = metric.Sum.IsMonotonic ? InstrumentKind.Counter : InstrumentKind.UpDownCounter;
                foreach (var point in metric.Sum.DataPoints)
                    Add(kind, point.Attributes, point.TimeUnixNano, Number(point), null, metric.Sum.AggregationTemporality == AggregationTemporality.Delta);
                break;
            case Metric.DataOneofCase.Histogram:
                foreach (var point in metric.Histogram.DataPoints)
                    AddHistogram(point.Attributes, point.TimeUnixNano, point.Sum, HistogramReader.Read(point), metric.Histogram.AggregationTemporality);
                break;
            case Metric.DataOneofCase.ExponentialHistogram:
                foreach (var point in metric.ExponentialHistogram.DataPoints)
                    AddHistogram(point.Attributes, point.TimeUnixNano, point.Sum, HistogramReader.Read(point), metric.ExponentialHistogram.AggregationTemporality);
                break;
            case Metric.DataOneofCase.Summary:
                foreach (var point in metric.Summary.DataPoints)
                {
                    foreach (var quantile in point.QuantileValues)
                        Add(InstrumentKind.Gauge, point.Attributes, point.TimeUnixNano, quantile.Value, new TelemetryAttribute(QuantileKey, quantile.Quantile), false);
                }

                break;
        }

        return refused;

        void AddHistogram(RepeatedField<KeyValue> attributes, ulong time, double sum, HistogramBuckets? buckets, AggregationTemporality temporality)
        {
            if (buckets is null)
                refused++;
            else
                Add(InstrumentKind.Histogram, attributes, time, sum, null, temporality == AggregationTemporality.Delta, buckets);
        }

        void Add(InstrumentKind kind, RepeatedField<KeyValue> attributes, ulong time, double value, TelemetryAttribute? quantile, bool isDifference, HistogramBuckets? buckets = null)
        {
            var instrument = new Instrument(
                source.Resource, source.Scope, _attributes.Text(metric.Name), kind, _attributes.Text(metric.Unit), _attributes.Text(metric.Description));
            var moment = UnixTime.From(time);
            reports.Add(new MetricReport(instrument, Dimensions(attributes, source.Instance, quantile), new MetricPoint(moment, moment, value, buckets), isDifference));
        }
    }

    private TelemetryAttribute[] Dimensions(RepeatedField<KeyValue> attributes, string instance, TelemetryAttribute? quantile)
    {
        var dimensions = _attributes.Read(attributes).AsEnumerable();
        if (quantile is { } value)
            dimensions = dimensions.Append(value);
        if (instance.Length > 0)
            dimensions = dimensions.Append(new TelemetryAttribute(InstanceKey, instance));
        return [.. dimensions.OrderBy(dimension => dimension.Key, StringComparer.Ordinal)];
    }

    private static double Number(NumberDataPoint point) => point.ValueCase == NumberDataPoint.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble;
}
