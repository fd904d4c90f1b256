using Grpc.Core;

namespace Maskwright.MetricsCollector.Pages.Orders;

/// <summary>Errors as people read them.</summary>
internal static class ServiceErrors
{
    /// <summary>What went wrong and what can be done.</summary>
    public static string Text(Exception error) => error switch
    {
        RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } away when away.Trailers.GetRpcStatus(ignoreParseError: true) is null =>
            "The service cannot be reached. The AppHost starts it and tells the collector its address (services__NAME__grpc__0).",
        RpcException rpc => rpc.Trailers.GetRpcStatus(ignoreParseError: true)?.Message is { Length: > 0 } message ? message : rpc.Status.Detail,
        _ => error.Message,
    };
}
