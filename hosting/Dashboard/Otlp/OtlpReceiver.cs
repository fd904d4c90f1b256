using System.Net;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Maskwright.Dashboard.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maskwright.Dashboard.Otlp;

/// <summary>Takes OTLP over gRPC and over HTTP/protobuf, each at an address of its own, from whoever has the key.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app, Uri grpc, Uri http)
    {
        _app = app;
        GrpcUrl = grpc;
        HttpUrl = http;
    }

    /// <summary>Address for gRPC (cleartext HTTP/2).</summary>
    public Uri GrpcUrl { get; }

    /// <summary>Address for HTTP/protobuf; paths <c>/v1/…</c>.</summary>
    public Uri HttpUrl { get; }

    /// <summary>Starts listening.</summary>
    /// <exception cref="IOException">An address is in use.</exception>
    public static async Task<OtlpReceiver> StartAsync(TelemetryStore store, IPEndPoint grpc, IPEndPoint http, string apiKey, CancellationToken cancellationToken)
    {
        var limit = store.Limits.MaxMessageBytes;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ListenOptions? grpcListener = null;
        ListenOptions? httpListener = null;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Both ways of sending have the limit themselves and answer in their own manner.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(grpc, listen => (grpcListener = listen).Protocols = HttpProtocols.Http2);
            kestrel.Listen(http, listen => (httpListener = listen).Protocols = HttpProtocols.Http1);
        });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = limit);
        builder.Services.AddSingleton(store).AddSingleton<SpanReader>().AddSingleton<LogReader>().AddSingleton<MetricReader>();

        var app = builder.Build();
        var key = Encoding.UTF8.GetBytes(apiKey);
        app.Use((context, next) => HasKey(context, key) ? next(context) : RefuseAsync(context));
        app.UseRouting();
        app.MapGrpcService<TraceService>();
        app.MapGrpcService<LogsService>();
        app.MapGrpcService<MetricsService>();
        app.MapOtlpHttp(
            app.Services.GetRequiredService<SpanReader>(), app.Services.GetRequiredService<LogReader>(), app.Services.GetRequiredService<MetricReader>(), limit);
        try
        {
            await app.StartAsync(cancellationToken);
            // Kestrel has put the ports that it got in place of 0.
            return new OtlpReceiver(app, Url(grpcListener!), Url(httpListener!));
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static Uri Url(ListenOptions listener) => new($"http://{listener.EndPoint}");

    private static bool HasKey(HttpContext context, byte[] key)
    {
        var given = context.Request.Headers[OtlpErrors.ApiKeyHeader].ToString();
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), key);
    }

    private static Task RefuseAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
            return OtlpHttpEndpoints.RefuseAsync(context, StatusCodes.Status401Unauthorized, StatusCode.Unauthenticated, OtlpErrors.WrongKey);
        // A gRPC answer that consists of its trailers only.
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = ((int)StatusCode.Unauthenticated).ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = Uri.EscapeDataString(OtlpErrors.WrongKey);
        return Task.CompletedTask;
    }
}
