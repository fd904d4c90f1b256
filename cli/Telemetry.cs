using System.Diagnostics;
using Maskwright.Artifacts;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Maskwright.Cli;

/// <summary>
/// One trace for one command: every call carries its W3C <c>traceparent</c>, so that the services' work belongs to it. The
/// command's own part is exported where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
/// </summary>
internal static class Telemetry
{
    private const string SourceName = "Maskwright.Cli";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts the export, where it is asked for; disposing sends what is left.</summary>
    public static IDisposable? Start()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")))
            return null;
        return Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService("maskwright"))
            .AddSource(SourceName, StorageTelemetry.SourceName, "System.Net.Http")
            .AddOtlpExporter()
            .Build();
    }

    /// <summary>Begins the activity of a command. Without any export it exists all the same, to be handed on.</summary>
    public static Activity Begin(string command) =>
        Source.StartActivity(command, ActivityKind.Client)
        ?? new Activity(command) { ActivityTraceFlags = ActivityTraceFlags.Recorded }.SetIdFormat(ActivityIdFormat.W3C).Start();
}
