using System.Diagnostics;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Maskwright.ServiceDefaults;

/// <summary>Turns what a method throws into a <c>google.rpc.Status</c>; what no caller can mend is logged and answered as INTERNAL.</summary>
internal sealed partial class ErrorInterceptor(ILogger<ErrorInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception) when (IsOurs(exception, context))
        {
            throw Translate(exception, context.Method);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception exception) when (IsOurs(exception, context))
        {
            throw Translate(exception, context.Method);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception exception) when (IsOurs(exception, context))
        {
            throw Translate(exception, context.Method);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception exception) when (IsOurs(exception, context))
        {
            throw Translate(exception, context.Method);
        }
    }

    // A call that its caller has given up ends as cancelled, which the server reports by itself.
    private static bool IsOurs(Exception exception, ServerCallContext context) =>
        exception is not RpcException && !(exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested);

    private RpcException Translate(Exception exception, string method)
    {
        Activity.Current?.AddException(exception);
        Activity.Current?.SetStatus(ActivityStatusCode.Error, exception.Message);
        if (RpcErrors.FromException(exception) is { } known)
        {
            LogRefused(logger, method, exception.Message);
            return known;
        }

        LogDefect(logger, exception, method);
        return RpcErrors.Failed(Code.Internal, "INTERNAL", $"{method} failed unexpectedly; the service's log has the details.");
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Method} could not be served: {Reason}")]
    private static partial void LogRefused(ILogger logger, string method, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Method} failed unexpectedly")]
    private static partial void LogDefect(ILogger logger, Exception exception, string method);
}
