using System.Globalization;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Maskwright.Hosting;

/// <summary>Settings that only this engine knows; other engines ignore them.</summary>
internal sealed record EngineSettings
{
    /// <summary>Name of the resource whose end ends the application with its exit code (<c>Embedded:ExitWith</c>), or null.</summary>
    public string? ExitWith { get; init; }

    /// <summary>File that tells other programs the endpoints while the application runs (<c>Embedded:EndpointsFile</c>), or null.</summary>
    public string? EndpointsFile { get; init; }

    /// <summary>Where telemetry is sent instead of to the dashboard (<c>DOTNET_DASHBOARD_OTLP_ENDPOINT_URL</c>), or null.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Whether a dashboard is started (<c>Embedded:Dashboard</c>).</summary>
    public bool Dashboard { get; init; } = true;

    /// <summary>How long a started resource may take to become healthy before it counts as unhealthy (<c>Embedded:HealthTimeout</c>).</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a resource may take to end after SIGTERM before it is killed (<c>Embedded:StopGrace</c>).</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many lines of each resource's console log are kept (<c>Embedded:ConsoleLines</c>).</summary>
    public int ConsoleLines { get; init; } = 10_000;

    /// <summary>Container engine to use (<c>Embedded:ContainerEngine</c>): a name in <c>PATH</c> or a path; null for docker, else podman.</summary>
    public string? ContainerEngine { get; init; }

    /// <summary>Environment that projects run in.</summary>
    public string EnvironmentName { get; init; } = DefaultEnvironment;

    private const string DefaultEnvironment = "Development";

    /// <summary>The environment that projects run in, which is known before the other settings are read.</summary>
    public static string EnvironmentOf(IConfiguration configuration) =>
        configuration["ASPNETCORE_ENVIRONMENT"] ?? configuration["DOTNET_ENVIRONMENT"] ?? DefaultEnvironment;

    /// <exception cref="DistributedApplicationException">A setting is not what it should be.</exception>
    public static EngineSettings From(IConfiguration configuration)
    {
        var defaults = new EngineSettings();
        return new EngineSettings
        {
            ExitWith = configuration["Embedded:ExitWith"],
            EndpointsFile = configuration["Embedded:EndpointsFile"],
            OtlpEndpoint = configuration["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"] is { Length: > 0 } url ? url : null,
            Dashboard = Read("Embedded:Dashboard", "true or false", defaults.Dashboard, text => bool.TryParse(text, out var value) ? value : null),
            HealthTimeout = Read("Embedded:HealthTimeout", "a time above zero such as 00:02:00", defaults.HealthTimeout, Time),
            StopGrace = Read("Embedded:StopGrace", "a time above zero such as 00:00:10", defaults.StopGrace, Time),
            ConsoleLines = Read("Embedded:ConsoleLines", "a whole number from 1 to 1000000", defaults.ConsoleLines, Lines),
            ContainerEngine = configuration["Embedded:ContainerEngine"],
            EnvironmentName = EnvironmentOf(configuration),
        };

        T Read<T>(string key, string expected, T fallback, Func<string, T?> parse)
            where T : struct
        {
            if (configuration[key] is not { Length: > 0 } text)
                return fallback;
            return parse(text) ?? throw new DistributedApplicationException($"The setting {key} is '{text}', which is not {expected}.");
        }
    }

    private static TimeSpan? Time(string text) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero && time < TimeSpan.FromDays(1) ? time : null;

    private static int? Lines(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var lines) && lines is > 0 and <= 1_000_000 ? lines : null;
}
