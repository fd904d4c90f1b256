using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Maskwright.ServiceDefaults;

/// <summary>Errors of gRPC calls that never reach a method.</summary>
public static class RpcErrorResponses
{
    /// <summary>Makes a response that has not started the answer of a failed gRPC call: headers only, no message.</summary>
    public static void WriteTo(this RpcException error, HttpResponse response)
    {
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = $"{(int)error.StatusCode}";
        response.Headers["grpc-message"] = Uri.EscapeDataString(error.Status.Detail);
        foreach (var entry in error.Trailers.Where(entry => entry.IsBinary))
            response.Headers[entry.Key] = Convert.ToBase64String(entry.ValueBytes);
    }
}
