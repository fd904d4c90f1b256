using Maskwright.MetricsCollector.Pages;
using Maskwright.PageDefaults.Access;
using Maskwright.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Metrics;

namespace Maskwright.MetricsCollector;

/// <summary>Puts the collector into a web application.</summary>
public static class MetricsCollectorExtensions
{
    /// <summary>Adds the store, its options and its health check.</summary>
    public static IHostApplicationBuilder AddMetricsCollector(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<MetricsOptions>()
            .BindConfiguration(MetricsOptions.Section)
            .Validate(
                options => !string.IsNullOrWhiteSpace(options.Database),
                "Metrics:Database is empty; set it to the path of the SQLite file, or leave it out.")
            .Validate(
                options => options.RetentionDays is >= 0 and <= 36_500,
                "Metrics:RetentionDays is the number of days for which ended runs are kept, up to 36,500; 0 keeps all.")
            .Validate(
                options => options.Token.Length is 0 or >= MetricsOptions.MinTokenLength,
                $"Metrics:Token is too short to be secret: at least {MetricsOptions.MinTokenLength} characters are expected.")
            .ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<CollectorStore>();
        builder.Services.AddHostedService(services => services.GetRequiredService<CollectorStore>());
        builder.Services.AddSingleton(services => services.GetRequiredService<CollectorStore>().Store);
        builder.Services.AddHostedService<Retention>();
        if (builder.Configuration.GetConnectionString("artifacts") is { Length: > 0 })
        {
            builder.AddArtifacts();
            builder.Services.AddSingleton<RunArchive>();
        }

        builder.Services.AddPages();
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddPrometheusExporter());
        return builder;
    }

    /// <summary>
    /// Maps the gRPC service with its JSON form, <c>/metrics</c> for Prometheus and the pages, all behind the token.
    /// </summary>
    public static WebApplication MapMetricsCollector(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseWhen(context => !TokenGate.IsGrpc(context), pages =>
        {
            pages.UsePageProtection();
            pages.UseAuthentication();
        });
        app.UseMiddleware<TokenGate>();
        app.MapGrpcService<MetricsGrpcService>();
        app.MapPrometheusScrapingEndpoint();
        app.MapPages();
        return app;
    }

    /// <summary>Opens the database and serves until the process is told to stop.</summary>
    /// <returns>The exit code: 0, or 1 when the database cannot be used or an address is taken; the reason is said.</returns>
    public static async Task<int> RunCollectorAsync(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        try
        {
            return await app.RunServiceAsync();
        }
        catch (MetricsDatabaseException)
        {
            return 1;
        }
    }
}
