using Maskwright.Dashboard;

namespace Maskwright.Hosting;

/// <summary>What surrounds the engine; tests put their own in its place.</summary>
internal sealed record EngineOptions
{
    public static EngineOptions Default => new()
    {
        Output = Console.Out,
        Colour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        HandleSignals = true,
        StartDashboard = DashboardServer.StartAsync,
    };

    public required TextWriter Output { get; init; }

    /// <summary>Whether the output shows colours.</summary>
    public bool Colour { get; init; }

    /// <summary>Whether Ctrl-C, SIGTERM and a closed terminal stop the application.</summary>
    public bool HandleSignals { get; init; }

    /// <summary>File that generated parameters are kept in; null for the AppHost's user secrets.</summary>
    public string? SecretsFile { get; init; }

    /// <summary>Starts the dashboard; null for none.</summary>
    public StartDashboard? StartDashboard { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
