using Microsoft.Extensions.Configuration;

namespace Maskwright.Hosting;

/// <summary>
/// Starts a dashboard in the engine's own process, before any resource is started. The engine calls it once, hands its OTLP
/// endpoint to the resources, prints its URL, and stops it after the last resource has ended.
/// </summary>
/// <param name="context">What the dashboard shows and does.</param>
/// <param name="cancellationToken">Ends the start.</param>
/// <returns>The running dashboard.</returns>
public delegate Task<RunningDashboard> StartDashboard(DashboardContext context, CancellationToken cancellationToken);

/// <summary>What a dashboard shows and does.</summary>
public sealed record DashboardContext
{
    /// <summary>Name of the application.</summary>
    public required string ApplicationName { get; init; }

    /// <summary>Every resource's latest snapshot.</summary>
    public required ResourceBoard Resources { get; init; }

    /// <summary>The console log of a resource or replica by its <see cref="ResourceSnapshot.Name"/>; null for one that has none.</summary>
    public required Func<string, ConsoleLog?> ConsoleLogOf { get; init; }

    /// <summary>
    /// Executes a command of a resource: its <see cref="ResourceSnapshot.Name"/>, the command's name. Ends when the command has
    /// ended and does not throw for its failure. Cancelling gives up the wait, not a stop that is under way.
    /// </summary>
    public required Func<string, string, CancellationToken, Task<CommandResult>> ExecuteAsync { get; init; }

    /// <summary>The AppHost's settings, in which the dashboard's own are found.</summary>
    public required IConfiguration Configuration { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}

/// <summary>What came of a command.</summary>
/// <param name="Success">Whether it succeeded.</param>
/// <param name="Message">What to tell the user; for a failure never null.</param>
public sealed record CommandResult(bool Success, string? Message);

/// <summary>A dashboard that runs.</summary>
/// <param name="LoginUrl">Its address with the login token, to be printed.</param>
/// <param name="OtlpGrpcEndpoint">Where it takes OTLP over gRPC.</param>
/// <param name="OtlpHttpEndpoint">Where it takes OTLP over HTTP/protobuf.</param>
/// <param name="OtlpApiKey">What telemetry must carry as header <c>x-otlp-api-key</c>.</param>
/// <param name="StopAsync">Stops it.</param>
public sealed record RunningDashboard(Uri LoginUrl, Uri OtlpGrpcEndpoint, Uri OtlpHttpEndpoint, string OtlpApiKey, Func<Task> StopAsync);
