using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Maskwright.Dashboard.Otlp.Wire;

namespace Maskwright.Dashboard.Otlp;

/// <summary>
/// OTLP's three gRPC methods. Written out, and not taken from generated service classes, for the sake of their reading: a message
/// that cannot be read is the caller's fault (INVALID_ARGUMENT), and fields that nobody reads are not kept.
/// </summary>
internal static class OtlpMethods
{
    public static Method<ExportTraceServiceRequest, ExportTraceServiceResponse> Trace { get; } =
        Export("opentelemetry.proto.collector.trace.v1.TraceService", ExportTraceServiceRequest.Parser, ExportTraceServiceResponse.Parser);

    public static Method<ExportLogsServiceRequest, ExportLogsServiceResponse> Logs { get; } =
        Export("opentelemetry.proto.collector.logs.v1.LogsService", ExportLogsServiceRequest.Parser, ExportLogsServiceResponse.Parser);

    public static Method<ExportMetricsServiceRequest, ExportMetricsServiceResponse> Metrics { get; } =
        Export("opentelemetry.proto.collector.metrics.v1.MetricsService", ExportMetricsServiceRequest.Parser, ExportMetricsServiceResponse.Parser);

    private static Method<TRequest, TResponse> Export<TRequest, TResponse>(string service, MessageParser<TRequest> requests, MessageParser<TResponse> responses)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        new(MethodType.Unary, service, "Export", Marshal(requests.WithDiscardUnknownFields(true)), Marshal(responses));

    private static Marshaller<T> Marshal<T>(MessageParser<T> parser)
        where T : class, IMessage<T> =>
        new(Write, context => Read(parser, context.PayloadAsReadOnlySequence()));

    private static void Write<T>(T message, SerializationContext context)
        where T : class, IMessage<T>
    {
        context.SetPayloadLength(message.CalculateSize());
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    private static T Read<T>(MessageParser<T> parser, ReadOnlySequence<byte> bytes)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new RpcException(new Grpc.Core.Status(StatusCode.InvalidArgument, OtlpErrors.Malformed(typeof(T).Name, failure)));
        }
    }
}
