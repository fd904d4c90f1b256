using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Maskwright.PageDefaults.Assets;

/// <summary>
/// Scripts and styles, kept inside assemblies as resources <c>assets/…</c>: they are there however a program was built or
/// published, without a web project's manifest of static assets. Each has an address of its own for its content, so that
/// browsers keep it for ever.
/// </summary>
public sealed class EmbeddedAssets
{
    private const string Prefix = "assets/";

    /// <summary>What the login page needs; all the rest wants the cookie.</summary>
    private static readonly FrozenSet<string> Open = ["login.css", "icon.svg"];

    private readonly FrozenDictionary<string, Asset> _assets;

    internal EmbeddedAssets(params Assembly[] assemblies) => _assets = assemblies
        .SelectMany(assembly => assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => new Asset(assembly, name, $"/{name}?v={Digest(assembly, name)}")))
        .ToFrozenDictionary(asset => asset.Name[Prefix.Length..]);

    /// <summary>The address of an asset.</summary>
    public string Url(string name) => _assets[name].Url;

    internal void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (name, asset) in _assets)
        {
            var endpoint = routes.MapGet("/" + Prefix + name, context => SendAsync(context, asset));
            if (Open.Contains(name))
                endpoint.AllowAnonymous();
        }

        // Plotly.Blazor asks for its scripts by the address that a web project would give them.
        const string PlotlyPath = "/_content/Plotly.Blazor/{name}";
        routes.MapGet(PlotlyPath, context =>
        {
            if (_assets.TryGetValue((string)context.Request.RouteValues["name"]!, out var asset))
                return SendAsync(context, asset);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    private static async Task SendAsync(HttpContext context, Asset asset)
    {
        await using var content = asset.Assembly.GetManifestResourceStream(asset.Name)!;
        context.Response.Headers.CacheControl = "max-age=31536000, immutable";
        context.Response.ContentType = Path.GetExtension(asset.Name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/javascript; charset=utf-8",
        };
        context.Response.ContentLength = content.Length;
        await content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static string Digest(Assembly assembly, string name)
    {
        using var content = assembly.GetManifestResourceStream(name)!;
        return Convert.ToHexStringLower(SHA256.HashData(content))[..16];
    }

    private sealed record Asset(Assembly Assembly, string Name, string Url);
}
