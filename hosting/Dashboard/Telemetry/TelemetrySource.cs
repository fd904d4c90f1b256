namespace Maskwright.Dashboard.Telemetry;

/// <summary>Who recorded something.</summary>
/// <param name="Resource">Name of the service (<c>service.name</c>).</param>
/// <param name="Instance">Id of its process (<c>service.instance.id</c>), or empty.</param>
/// <param name="Scope">The activity source, meter or category of the logger, or empty.</param>
public sealed record TelemetrySource(string Resource, string Instance, string Scope);
