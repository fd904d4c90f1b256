namespace Maskwright.Dashboard.Telemetry;

/// <summary>What became of one kind of telemetry since the start.</summary>
/// <param name="Received">Taken in.</param>
/// <param name="Kept">In memory now.</param>
/// <param name="FallenOut">Pushed out by newer ones because of a limit.</param>
/// <param name="Refused">Not taken: no valid id, or over a limit that refuses.</param>
internal sealed record SignalCounts(long Received, long Kept, long FallenOut, long Refused);
