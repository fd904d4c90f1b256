using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Maskwright.Dashboard.Assets;

/// <summary>
/// Scripts and styles, kept inside this assembly: they are there however the AppHost was built or published, without a web
/// project's manifest of static assets. Each has an address of its own for its content, so that browsers keep it for ever.
/// </summary>
internal static class EmbeddedAssets
{
    private const string Prefix = "assets/";

    /// <summary>What the login page needs; all the rest wants the cookie.</summary>
    private static readonly FrozenSet<string> Open = ["login.css", "icon.svg"];

    private static readonly Assembly Assembly = typeof(EmbeddedAssets).Assembly;

    private static readonly FrozenDictionary<string, string> Urls = Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..], name => $"/{name}?v={Digest(name)}");

    /// <summary>The address of an asset.</summary>
    public static string Url(string name) => Urls[name];

    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        foreach (var (name, url) in Urls)
        {
            var endpoint = routes.MapGet("/" + Prefix + name, context => SendAsync(context, name));
            if (Open.Contains(name))
                endpoint.AllowAnonymous();
        }

        // Plotly.Blazor asks for its scripts by the address that a web project would give them.
        const string PlotlyPath = "/_content/Plotly.Blazor/{name}";
        routes.MapGet(PlotlyPath, context =>
        {
            var name = (string)context.Request.RouteValues["name"]!;
            if (Urls.ContainsKey(name))
                return SendAsync(context, name);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    private static async Task SendAsync(HttpContext context, string name)
    {
        await using var content = Assembly.GetManifestResourceStream(Prefix + name)!;
        context.Response.Headers.CacheControl = "max-age=31536000, immutable";
        context.Response.ContentType = Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/javascript; charset=utf-8",
        };
        context.Response.ContentLength = content.Length;
        await content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static string Digest(string name)
    {
        using var content = Assembly.GetManifestResourceStream(name)!;
        return Convert.ToHexStringLower(SHA256.HashData(content))[..16];
    }
}
