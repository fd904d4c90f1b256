using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Maskwright.PageDefaults.Assets;

/// <summary>
/// Scripts and styles, kept inside assemblies as resources <c>assets/…</c>: they are there however a program was built or
/// published, without a web project's manifest of static assets. Their addresses hold a digest of them all as a folder, so that
/// browsers keep them for ever and scripts find each other beside themselves.
/// </summary>
public sealed class EmbeddedAssets
{
    private const string Prefix = "assets/";

    /// <summary>What the login page needs; all the rest wants the cookie.</summary>
    private static readonly FrozenSet<string> Open = ["login.css", "icon.svg"];

    private readonly FrozenDictionary<string, Asset> _assets;
    private readonly string _version;

    internal EmbeddedAssets(params Assembly[] assemblies)
    {
        _assets = assemblies
            .SelectMany(assembly => assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(name => new Asset(assembly, name)))
            .ToFrozenDictionary(asset => asset.Name[Prefix.Length..]);
        _version = Digest(_assets.Values.OrderBy(asset => asset.Name, StringComparer.Ordinal));
    }

    /// <summary>The address of an asset.</summary>
    public string Url(string name) => _assets.ContainsKey(name) ? $"/{Prefix}{_version}/{name}" : throw new KeyNotFoundException($"There is no asset '{name}'.");

    internal void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (name, asset) in _assets)
        {
            var endpoint = routes.MapGet($"/{Prefix}{{version}}/{name}", context => SendAsync(context, asset, (string?)context.Request.RouteValues["version"] == _version));
            if (Open.Contains(name))
                endpoint.AllowAnonymous();
        }

        // Plotly.Blazor asks for its scripts by the address that a web project would give them.
        const string PlotlyPath = "/_content/Plotly.Blazor/{name}";
        routes.MapGet(PlotlyPath, context =>
        {
            if (_assets.TryGetValue((string)context.Request.RouteValues["name"]!, out var asset))
                return SendAsync(context, asset, isKept: true);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    private static async Task SendAsync(HttpContext context, Asset asset, bool isKept)
    {
        await using var content = asset.Open();
        context.Response.Headers.CacheControl = isKept ? "max-age=31536000, immutable" : "no-cache";
        context.Response.ContentType = Path.GetExtension(asset.Name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/javascript; charset=utf-8",
        };
        context.Response.ContentLength = content.Length;
        await content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static string Digest(IEnumerable<Asset> assets)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var asset in assets)
        {
            using var content = asset.Open();
            digest.AppendData(SHA256.HashData(content));
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset())[..16];
    }

    private sealed record Asset(Assembly Assembly, string Name)
    {
        public Stream Open() => Assembly.GetManifestResourceStream(Name)!;
    }
}
