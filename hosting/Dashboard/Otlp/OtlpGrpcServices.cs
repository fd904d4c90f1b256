using Grpc.Core;
using Maskwright.Dashboard.Otlp.Wire;

namespace Maskwright.Dashboard.Otlp;

// gRPC's binder looks for virtual methods, as generated services have them.

/// <summary>Spans over gRPC.</summary>
[BindServiceMethod(typeof(TraceService), nameof(Bind))]
internal class TraceService(SpanReader reader)
{
    public static void Bind(ServiceBinderBase binder, TraceService? service) =>
        binder.AddMethod(OtlpMethods.Trace, service is null ? null : service.Export);

    public virtual Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context) => Task.FromResult(reader.Take(request));
}

/// <summary>Log records over gRPC.</summary>
[BindServiceMethod(typeof(LogsService), nameof(Bind))]
internal class LogsService(LogReader reader)
{
    public static void Bind(ServiceBinderBase binder, LogsService? service) =>
        binder.AddMethod(OtlpMethods.Logs, service is null ? null : service.Export);

    public virtual Task<ExportLogsServiceResponse> Export(ExportLogsServiceRequest request, ServerCallContext context) => Task.FromResult(reader.Take(request));
}

/// <summary>Points of metrics over gRPC.</summary>
[BindServiceMethod(typeof(MetricsService), nameof(Bind))]
internal class MetricsService(MetricReader reader)
{
    public static void Bind(ServiceBinderBase binder, MetricsService? service) =>
        binder.AddMethod(OtlpMethods.Metrics, service is null ? null : service.Export);

    public virtual Task<ExportMetricsServiceResponse> Export(ExportMetricsServiceRequest request, ServerCallContext context) => Task.FromResult(reader.Take(request));
}
