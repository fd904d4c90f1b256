using System.Net.Sockets;
using System.Reflection;
using Maskwright.Artifacts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Maskwright.ServiceDefaults;

/// <summary>What every service shares: telemetry, health, gRPC with errors, reflection and JSON transcoding, object storage.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>The largest gRPC message a service takes: an image of 16 MiB and its envelope.</summary>
    public const int MaxMessageBytes = (16 * 1024 * 1024) + (64 * 1024);

    private const string AlivePath = "/alive";
    private const string HealthPath = "/health";

    /// <summary>The version of the program, as resources carry it.</summary>
    public static string ProgramVersion { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Adds telemetry, health checks, service discovery and gRPC.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();
        // The host's own account of a port in use hides the line that helps; a fault of background work is critical and still told.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.TryAddSingleton(TimeProvider.System);
        // Whoever started the service kills it after ten seconds: what still runs then ends in order before.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http => http.AddServiceDiscovery());
        builder.Services.AddGrpc(options =>
        {
            options.Interceptors.Add<ErrorInterceptor>();
            options.MaxReceiveMessageSize = MaxMessageBytes;
            options.MaxSendMessageSize = 4 * MaxMessageBytes;
        }).AddJsonTranscoding(options => options.TypeRegistry = RpcErrors.DetailTypes);
        builder.Services.AddGrpcReflection();
        return builder;
    }

    /// <summary>
    /// Adds <see cref="ObjectStorage"/> from the connection string <c>artifacts</c>
    /// (<c>Endpoint=http://127.0.0.1:9000;AccessKey=…;SecretKey=…;Bucket=maskwright</c>).
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no such connection string.</exception>
    public static TBuilder AddArtifacts<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        string connection = builder.Configuration.GetConnectionString("artifacts") is { Length: > 0 } text
            ? text
            : throw new InvalidOperationException(
                "There is no connection string 'artifacts'. Start through the AppHost, or set ConnectionStrings__artifacts to "
                + "'Endpoint=http://127.0.0.1:9000;AccessKey=…;SecretKey=…;Bucket=maskwright'.");
        var options = StorageOptions.Parse(connection);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(_ => new ObjectStorage(options));
        return builder;
    }

    /// <summary>
    /// Adds telemetry of requests, clients, the runtime and this system's own activities; it is exported over OTLP where
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter("Maskwright.*"))
            .WithTracing(tracing => tracing
                .AddSource("Maskwright.*")
                .AddAspNetCoreInstrumentation(options => options.Filter = context =>
                    context.Request.Path.Value is not (HealthPath or AlivePath))
                .AddHttpClientInstrumentation()
                .AddProcessor<ExpectedAbsence>());
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            builder.Services.AddOpenTelemetry().UseOtlpExporter();
        return builder;
    }

    /// <summary>Adds the check that the process answers at all; services add their own.</summary>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddGrpcHealthChecks();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        return builder;
    }

    /// <summary>Maps <c>/health</c> (all checks), <c>/alive</c> (the process answers), gRPC health and gRPC reflection.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.UseMalformedRequestErrors();
        app.MapHealthChecks(HealthPath);
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        return app;
    }

    /// <summary>Runs until the service is told to stop. An address in use ends it with one line that says which and what to do.</summary>
    /// <returns>The process's exit code: 0, or 1 when an address was in use.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app)
    {
        await using var running = app;
        try
        {
            await app.StartAsync();
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException or SocketException)
        {
            await Console.Error.WriteLineAsync(
                $"{app.Environment.ApplicationName} can't listen: {exception.Message} "
                + "Stop the program that holds the port, or set another URL in Kestrel__Endpoints__grpc__Url or Kestrel__Endpoints__http__Url.");
            // Background work that began before the address was tried ends in order, without errors of its own.
            await app.StopAsync();
            return 1;
        }

        await app.WaitForShutdownAsync();
        return 0;
    }
}
