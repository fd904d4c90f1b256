using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Maskwright.Dashboard;

/// <summary>Where the dashboard listens and what it asks of those who come. The names of the settings are those of Aspire's dashboard.</summary>
internal sealed record DashboardSettings
{
    private const int SecretBytes = 16;

    /// <summary>Where people reach it (<c>Dashboard:Frontend:EndpointUrl</c>).</summary>
    public required IPEndPoint Frontend { get; init; }

    /// <summary>Where OTLP over gRPC is taken (<c>Dashboard:Otlp:GrpcEndpointUrl</c>).</summary>
    public required IPEndPoint OtlpGrpc { get; init; }

    /// <summary>Where OTLP over HTTP/protobuf is taken (<c>Dashboard:Otlp:HttpEndpointUrl</c>).</summary>
    public required IPEndPoint OtlpHttp { get; init; }

    /// <summary>What a person logs in with (<c>Dashboard:Frontend:BrowserToken</c>); drawn anew at each start.</summary>
    public required string BrowserToken { get; init; }

    /// <summary>What telemetry must carry (<c>Dashboard:Otlp:PrimaryApiKey</c>); drawn anew at each start.</summary>
    public required string ApiKey { get; init; }

    /// <summary>Reads the settings; loopback and free ports are the defaults.</summary>
    /// <exception cref="InvalidOperationException">A setting makes no sense.</exception>
    public static DashboardSettings From(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new DashboardSettings
        {
            Frontend = EndPoint("Dashboard:Frontend:EndpointUrl"),
            OtlpGrpc = EndPoint("Dashboard:Otlp:GrpcEndpointUrl"),
            OtlpHttp = EndPoint("Dashboard:Otlp:HttpEndpointUrl"),
            BrowserToken = Secret("Dashboard:Frontend:BrowserToken"),
            ApiKey = Secret("Dashboard:Otlp:PrimaryApiKey"),
        };

        IPEndPoint EndPoint(string name)
        {
            if (configuration[name] is not { Length: > 0 } text)
                return new IPEndPoint(IPAddress.Loopback, 0);
            if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != "http")
                throw new InvalidOperationException($"{name}: '{text}' is not a URL such as http://127.0.0.1:18888. The dashboard speaks plain HTTP.");
            if (url.Host == "localhost")
                return new IPEndPoint(IPAddress.Loopback, url.Port);
            return IPAddress.TryParse(url.Host.Trim('[', ']'), out var address)
                ? new IPEndPoint(address, url.Port)
                : throw new InvalidOperationException($"{name}: '{url.Host}' is no address of this machine. Give localhost or an IP address (0.0.0.0 for all).");
        }

        string Secret(string name)
        {
            const int ShortestSecret = 16;
            if (configuration[name] is not { Length: > 0 } given)
                return RandomNumberGenerator.GetHexString(2 * SecretBytes, lowercase: true);
            return given.Length >= ShortestSecret
                ? given
                : throw new InvalidOperationException($"{name} has {given.Length} characters; at least {ShortestSecret} are needed, or leave it out to have one generated.");
        }
    }
}
