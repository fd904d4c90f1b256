using System.Net;
using System.Security.Cryptography;
using System.Text;
using Google.Rpc;
using Maskwright.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Lets through what comes over loopback, health checks, and whoever shows the token (<c>Authorization: Bearer …</c>). Without
/// a token in the settings nobody beyond loopback comes in.
/// </summary>
internal sealed class TokenGate(RequestDelegate next, IOptions<MetricsOptions> options)
{
    private const string Scheme = "Bearer ";
    private readonly byte[]? _token = options.Value.Token is { Length: > 0 } token ? Digest(token) : null;

    public Task InvokeAsync(HttpContext context)
    {
        // The address that was called, not the caller's: that one a proxy on this machine would make loopback.
        var isLocal = context.Connection.LocalIpAddress is not { } address || IPAddress.IsLoopback(address);
        return isLocal || context.Request.Path.Value is "/health" or "/alive" || IsShown(context.Request.Headers.Authorization.ToString())
            ? next(context)
            : RefuseAsync(context);
    }

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private bool IsShown(string authorization) =>
        _token is not null
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Digest(authorization[Scheme.Length..].Trim()), _token);

    private async Task RefuseAsync(HttpContext context)
    {
        var message = _token is null
            ? "The collector answers on loopback only: set Metrics__Token to let others in."
            : "The token is missing or wrong: send 'Authorization: Bearer …' with the collector's Metrics__Token.";
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await context.Response.WriteAsync(message);
            return;
        }

        RpcErrors.Failed(Code.Unauthenticated, "TOKEN_REQUIRED", message).WriteTo(context.Response);
    }
}
