using System.Buffers;
using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Maskwright.Dashboard.Otlp.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RpcStatus = Google.Rpc.Status;

namespace Maskwright.Dashboard.Otlp;

/// <summary>OTLP over HTTP with binary protobuf: <c>POST /v1/traces</c>, <c>/v1/logs</c>, <c>/v1/metrics</c>. Errors are a google.rpc.Status.</summary>
internal static class OtlpHttpEndpoints
{
    private const string Protobuf = "application/x-protobuf";

    public static void MapOtlpHttp(this IEndpointRouteBuilder routes, SpanReader spans, LogReader logs, MetricReader metrics, int maxMessageBytes)
    {
        Map("/v1/traces", ExportTraceServiceRequest.Parser, spans.Take);
        Map("/v1/logs", ExportLogsServiceRequest.Parser, logs.Take);
        Map("/v1/metrics", ExportMetricsServiceRequest.Parser, metrics.Take);

        void Map<TRequest, TResponse>(string path, MessageParser<TRequest> parser, Func<TRequest, TResponse> take)
            where TRequest : IMessage<TRequest>
            where TResponse : IMessage
        {
            var frugal = parser.WithDiscardUnknownFields(true);
            routes.MapPost(path, context => AnswerAsync(context, frugal, take, maxMessageBytes));
        }
    }

    /// <summary>Answers with an error as OTLP wants it.</summary>
    public static Task RefuseAsync(HttpContext context, int httpStatus, StatusCode code, string message)
    {
        context.Response.StatusCode = httpStatus;
        return WriteAsync(context, new RpcStatus { Code = (int)code, Message = message });
    }

    private static async Task AnswerAsync<TRequest, TResponse>(HttpContext context, MessageParser<TRequest> parser, Func<TRequest, TResponse> take, int maxBytes)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage
    {
        if (context.Request.ContentType?.Split(';')[0].Trim() != Protobuf)
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, StatusCode.InvalidArgument, $"Send content-type {Protobuf}; JSON is not taken.");
            return;
        }

        var encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip"))
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, StatusCode.InvalidArgument, $"Content-encoding '{encoding}' is not taken; gzip is.");
            return;
        }

        TRequest request;
        try
        {
            await using var body = encoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
            if (await ReadAsync(body, maxBytes, context.RequestAborted) is not { } bytes)
            {
                await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, StatusCode.ResourceExhausted, OtlpErrors.TooLarge(maxBytes));
                return;
            }

            request = parser.ParseFrom(bytes.WrittenSpan);
        }
        catch (InvalidProtocolBufferException failure)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, OtlpErrors.Malformed(typeof(TRequest).Name, failure));
            return;
        }
        catch (InvalidDataException failure)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, $"The body is not valid gzip: {failure.Message}");
            return;
        }

        await WriteAsync(context, take(request));
    }

    /// <summary>The whole body, or null when it is larger than allowed.</summary>
    private static async Task<ArrayBufferWriter<byte>?> ReadAsync(Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        const int Piece = 64 * 1024;
        var bytes = new ArrayBufferWriter<byte>(Piece);
        int read;
        while ((read = await body.ReadAsync(bytes.GetMemory(Piece), cancellationToken)) > 0)
        {
            bytes.Advance(read);
            if (bytes.WrittenCount > maxBytes)
                return null;
        }

        return bytes;
    }

    private static async Task WriteAsync(HttpContext context, IMessage message)
    {
        var bytes = message.ToByteArray();
        context.Response.ContentType = Protobuf;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
