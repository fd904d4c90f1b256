using System.Net;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Maskwright.ServiceDefaults.Tests;

/// <summary>A service as every service is built, on two free loopback ports: gRPC over HTTP/2 and JSON over HTTP/1.1.</summary>
internal sealed class ServiceHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServiceHost(WebApplication app, RecordedLog log)
    {
        (_app, Log) = (app, log);
        // Addresses come in the order in which they were listened to.
        string[] urls = [.. app.Urls];
        Channel = GrpcChannel.ForAddress(urls[0]);
        Http = new HttpClient { BaseAddress = new Uri(urls[1]) };
    }

    public RecordedLog Log { get; }

    public GrpcChannel Channel { get; }

    public HttpClient Http { get; }

    public static WebApplicationBuilder CreateBuilder(RecordedLog log)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        return builder;
    }

    public static async Task<ServiceHost> StartAsync(Action<WebApplicationBuilder>? add = null)
    {
        var log = new RecordedLog();
        var builder = CreateBuilder(log);
        builder.AddServiceDefaults();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        add?.Invoke(builder);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGrpcService<ThrowingService>();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ServiceHost(app, log);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
