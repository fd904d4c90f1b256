using Microsoft.Extensions.Configuration;

namespace Maskwright.Hosting;

/// <summary>Settings that only this engine knows; other engines ignore them.</summary>
internal sealed record EngineSettings
{
    /// <summary>Name of the resource whose end ends the application with its exit code (<c>Embedded:ExitWith</c>), or null.</summary>
    public string? ExitWith { get; init; }

    /// <summary>File that tells other programs the endpoints while the application runs (<c>Embedded:EndpointsFile</c>), or null.</summary>
    public string? EndpointsFile { get; init; }

    /// <summary>Where projects send telemetry (<c>DOTNET_DASHBOARD_OTLP_ENDPOINT_URL</c>), or null for nowhere.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Environment that projects run in.</summary>
    public string EnvironmentName { get; init; } = "Development";

    public static EngineSettings From(IConfiguration configuration) => new()
    {
        ExitWith = configuration["Embedded:ExitWith"],
        EndpointsFile = configuration["Embedded:EndpointsFile"],
        OtlpEndpoint = configuration["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"],
        EnvironmentName = configuration["ASPNETCORE_ENVIRONMENT"] ?? configuration["DOTNET_ENVIRONMENT"] ?? "Development",
    };
}
