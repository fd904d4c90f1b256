namespace Maskwright.Cli;

/// <summary>
/// Finds the address of a service: what <c>--endpoint</c> says, else the environment
/// (<c>services__trainer__grpc__0</c>), else <c>endpoints.json</c> in the data folder, which a running AppHost writes.
/// </summary>
internal sealed class ServiceLocator
{
    private readonly Terminal _terminal;
    private readonly Dictionary<string, string> _named = new(StringComparer.Ordinal);
    private readonly string? _unnamed;

    /// <param name="terminal">Gives the environment.</param>
    /// <param name="endpoints">Values of <c>--endpoint</c>: <c>URL</c> or <c>name=URL</c>.</param>
    /// <exception cref="UsageException">One of them is neither.</exception>
    public ServiceLocator(Terminal terminal, IReadOnlyList<string> endpoints)
    {
        _terminal = terminal;
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Split('=', 2) is [var name, var url] && ServiceName.All.Contains(name))
                _named[name] = url;
            else if (_unnamed is null && endpoint.Contains("://", StringComparison.Ordinal))
                _unnamed = endpoint;
            else
            {
                throw new UsageException(
                    $"--endpoint '{endpoint}' is neither one URL nor NAME=URL with {string.Join(", ", ServiceName.All)} as the name, "
                    + "for instance --endpoint http://127.0.0.1:5001 or --endpoint trainer=http://127.0.0.1:5001.");
            }
        }
    }

    /// <summary>Whether a URL without a name was given, which can be right for one service only.</summary>
    public bool HasUnnamed => _unnamed is not null;

    /// <summary>Returns the address of the service's gRPC endpoint.</summary>
    /// <exception cref="UsageException">What was given is no http(s) address.</exception>
    /// <exception cref="ServiceUnreachableException">Nothing says where it is.</exception>
    public Uri Find(string service)
    {
        var variable = $"services__{service}__grpc__0";
        if (_named.TryGetValue(service, out var named))
            return Parse(named, $"--endpoint {service}=");
        if (_unnamed is not null)
            return Parse(_unnamed, "--endpoint ");
        if (_terminal.Environment(variable) is { Length: > 0 } fromEnvironment)
            return Parse(fromEnvironment, $"The environment variable {variable}=");
        var file = EndpointsFile.PathOf(_terminal);
        if (EndpointsFile.Find(file, service, "grpc") is { } url)
            return Parse(url, $"'{file}': ");

        throw new ServiceUnreachableException(
            $"The service '{service}' is nowhere to be found: no --endpoint, no {variable} in the environment, nothing in '{file}'. "
            + "Start the services with 'dotnet run --project AppHost'.");
    }

    private static Uri Parse(string url, string origin) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new UsageException($"{origin}{url} is no address; http://HOST:PORT is expected.");
}
