using Maskwright.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

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
            .ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => MetricsStore.Open(
            services.GetRequiredService<IOptions<MetricsOptions>>().Value.Database,
            services.GetRequiredService<TimeProvider>()));
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
        return builder;
    }

    /// <summary>Maps the gRPC service with its JSON form, and sends a browser at the root to the list of runs.</summary>
    public static WebApplication MapMetricsCollector(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapGrpcService<MetricsGrpcService>();
        app.MapGet("/", () => Results.Redirect("/v1/runs"));
        return app;
    }

    /// <summary>Opens the database and serves until the process is told to stop.</summary>
    /// <returns>The exit code: 0, or 1 when the database cannot be used or an address is taken; the reason is said.</returns>
    public static async Task<int> RunCollectorAsync(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var logger = app.Services.GetRequiredService<ILogger<MetricsStore>>();
        try
        {
            Log.Opened(logger, app.Services.GetRequiredService<MetricsStore>().Path);
        }
        catch (MetricsDatabaseException error)
        {
            Log.Unusable(logger, error.Message);
            await app.DisposeAsync();
            return 1;
        }

        return await app.RunServiceAsync();
    }
}
