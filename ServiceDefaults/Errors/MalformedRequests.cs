using Microsoft.AspNetCore.Builder;

namespace Maskwright.ServiceDefaults;

/// <summary>
/// Names the error of a call whose message cannot be read. The server reads the message of a call with a single request before
/// any interceptor is asked, and answers UNKNOWN when that fails; what a method throws never ends as UNKNOWN here.
/// </summary>
internal static class MalformedRequests
{
    private const string StatusHeader = "grpc-status";
    private const string Unknown = "2";

    public static void UseMalformedRequestErrors(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        await next(context);
        if (!context.Response.HasStarted && context.Response.Headers[StatusHeader] == Unknown)
            RpcErrors.MalformedRequest().WriteTo(context.Response);
    });
}
