using Grpc.Net.Client;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Maskwright.MetricsCollector.Tests;

/// <summary>The collector as it runs, on ports of the system's choice and a database of its own.</summary>
public sealed class CollectorHost : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maskwright-collector-").FullName;
    private WebApplication _app = null!;

    public MetricsService.MetricsServiceClient Client { get; private set; } = null!;

    public GrpcChannel Channel { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>The address it listens on.</summary>
    internal string Address { get; init; } = "127.0.0.1";

    /// <summary>What callers from beyond loopback must show.</summary>
    internal string Token { get; init; } = "";

    /// <summary>Further settings by name.</summary>
    internal Dictionary<string, string?> Settings { get; init; } = [];

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Metrics:Database"] = Path.Combine(_folder, "metrics.db"),
            ["AllowedHosts"] = "*",
            ["Metrics:Token"] = Token,
            ["Logging:LogLevel:Default"] = "Warning",
            ["Kestrel:Endpoints:grpc:Url"] = $"http://{Address}:0",
            ["Kestrel:Endpoints:grpc:Protocols"] = "Http2",
            ["Kestrel:Endpoints:http:Url"] = $"http://{Address}:0",
            ["Kestrel:Endpoints:http:Protocols"] = "Http1",
        });
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.AddServiceDefaults();
        builder.AddMetricsCollector();
        _app = builder.Build();
        _app.MapDefaultEndpoints();
        _app.MapMetricsCollector();
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        Channel = GrpcChannel.ForAddress(addresses[0], new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false }, DisposeHttpClient = true });
        Client = new MetricsService.MetricsServiceClient(Channel);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new Uri(addresses[1]) };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Channel.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
