using System.Net;
using Maskwright.Dashboard.Access;
using Maskwright.Dashboard.Export;
using Maskwright.Dashboard.Otlp;
using Maskwright.Dashboard.Resources;
using Maskwright.Dashboard.Telemetry;
using Maskwright.Hosting;
using Maskwright.PageDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maskwright.Dashboard;

/// <summary>The dashboard: a web application in the engine's own process, and a receiver of OTLP beside it.</summary>
public static class DashboardServer
{
    /// <summary>Starts it; see <see cref="StartDashboard"/>.</summary>
    /// <exception cref="InvalidOperationException">A setting makes no sense.</exception>
    /// <exception cref="IOException">An address is in use.</exception>
    public static async Task<RunningDashboard> StartAsync(DashboardContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var settings = DashboardSettings.From(context.Configuration);
        var store = new TelemetryStore(TelemetryLimits.From(context.Configuration));
        var receiver = await OtlpReceiver.StartAsync(store, settings.OtlpGrpc, settings.OtlpHttp, settings.ApiKey, cancellationToken);
        WebApplication? app = null;
        try
        {
            ListenOptions? listener = null;
            app = Build(context, settings, store, options => listener = options);
            await app.StartAsync(cancellationToken);
            var login = new Uri($"http://{Reachable((IPEndPoint)listener!.EndPoint)}/login?t={Uri.EscapeDataString(settings.BrowserToken)}");
            var running = app;
            return new RunningDashboard(login, receiver.GrpcUrl, receiver.HttpUrl, settings.ApiKey, async () =>
            {
                await running.DisposeAsync();
                await receiver.DisposeAsync();
            });
        }
        catch
        {
            if (app is not null)
                await app.DisposeAsync();
            await receiver.DisposeAsync();
            throw;
        }
    }

    private static WebApplication Build(DashboardContext context, DashboardSettings settings, TelemetryStore store, Action<ListenOptions> listening)
    {
        // An empty builder: neither the AppHost's settings nor its environment's ASPNETCORE_URLS are this application's.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(DashboardServer).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(settings.Frontend, listening);
        });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error);
        var services = builder.Services;
        services.AddSingleton(context).AddSingleton(context.Time).AddSingleton(store).AddSingleton<ProcessUsage>();
        services.AddAccess(settings);
        services.AddPageDefaults(typeof(DashboardServer).Assembly);

        var app = builder.Build();
        app.UseAccess(settings);
        app.MapLogin(settings);
        app.MapPageDefaults<App>();
        app.MapExport();
        return app;
    }

    private static IPEndPoint Reachable(IPEndPoint endPoint) =>
        endPoint.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, endPoint.Port)
        : endPoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, endPoint.Port)
        : endPoint;
}
