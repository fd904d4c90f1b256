using System.Net;
using System.Security.Cryptography;
using System.Text;
using Google.Rpc;
using Maskwright.PageDefaults.Access;
using Maskwright.ServiceDefaults;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Lets through what comes over loopback, health checks, whoever shows the token (<c>Authorization: Bearer …</c>) and browsers
/// that have logged in with it. Without a token in the settings nobody beyond loopback comes in.
/// </summary>
internal sealed class TokenGate(RequestDelegate next, IOptions<MetricsOptions> options)
{
    private const string Scheme = "Bearer ";
    private readonly byte[]? _token = options.Value.Token is { Length: > 0 } token ? Digest(token) : null;

    /// <summary>Whether a request is a gRPC call.</summary>
    public static bool IsGrpc(HttpContext context) =>
        context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;

    public Task InvokeAsync(HttpContext context)
    {
        // The address that was called, not the caller's: that one a proxy on this machine would make loopback.
        var isLocal = context.Connection.LocalIpAddress is not { } address || IPAddress.IsLoopback(address);
        return isLocal || IsOpen(context) || IsLoggedIn(context) || IsShown(context.Request.Headers.Authorization.ToString())
            ? next(context)
            : RefuseAsync(context);
    }

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Health checks, and what the login page consists of.</summary>
    private static bool IsOpen(HttpContext context) =>
        context.Request.Path.Value is "/health" or "/alive" || context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static bool IsLoggedIn(HttpContext context) => context.User.Identity?.IsAuthenticated == true;

    private bool IsShown(string authorization) =>
        _token is not null
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Digest(authorization[Scheme.Length..].Trim()), _token);

    private async Task RefuseAsync(HttpContext context)
    {
        var message = _token is null
            ? "The collector answers on loopback only: set Metrics__Token to let others in."
            : "The token is missing or wrong: send 'Authorization: Bearer …' with the collector's Metrics__Token.";
        if (IsGrpc(context))
        {
            RpcErrors.Failed(Code.Unauthenticated, "TOKEN_REQUIRED", message).WriteTo(context.Response);
            return;
        }

        var request = context.Request;
        if (_token is not null && HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
        {
            context.Response.Redirect($"{LoginExtensions.LoginPath}?returnUrl={Uri.EscapeDataString(request.Path + request.QueryString)}");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        await context.Response.WriteAsync(message);
    }
}
