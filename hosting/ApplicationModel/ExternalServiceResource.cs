using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>A service that the application uses and does not run.</summary>
public sealed class ExternalServiceResource : Resource
{
    /// <summary>Describes a service at a known address.</summary>
    /// <param name="name">Name of the resource.</param>
    /// <param name="uri">Its absolute address, ending in <c>/</c>.</param>
    public ExternalServiceResource(string name, Uri uri)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (Problem(uri.OriginalString) is { } problem)
            throw new ArgumentException($"External service '{name}': {problem}", nameof(uri));
        Uri = uri;
    }

    /// <summary>Describes a service whose address is a parameter.</summary>
    /// <param name="name">Name of the resource.</param>
    /// <param name="urlParameter">Parameter that holds the address.</param>
    public ExternalServiceResource(string name, ParameterResource urlParameter)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(urlParameter);
        UrlParameter = urlParameter;
    }

    /// <summary>Its address, or null when a parameter holds it.</summary>
    public Uri? Uri { get; }

    /// <summary>Parameter that holds its address, or null.</summary>
    public ParameterResource? UrlParameter { get; }

    /// <exception cref="DistributedApplicationException">The parameter has no value, or one that is no address.</exception>
    internal string GetUrl()
    {
        var url = Uri?.OriginalString ?? UrlParameter!.Value;
        return Problem(url) is { } problem
            ? throw new DistributedApplicationException($"External service '{Name}': {problem}")
            : url;
    }

    private static string? Problem(string url) =>
        System.Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.AbsolutePath.EndsWith('/') && uri.Fragment.Length == 0
            ? null
            : $"'{url}' is no address of a service. It must be absolute, have no fragment and end in '/', for example http://127.0.0.1:9000/.";
}
