using System.Diagnostics;

namespace Maskwright.ServiceDefaults;

/// <summary>The source of the spans of queued work.</summary>
internal static class WorkTelemetry
{
    public static ActivitySource Activities { get; } = new("Maskwright.Work");
}
