namespace Maskwright.MetricsCollector;

/// <summary>What was asked for does not fit what the store holds.</summary>
/// <param name="reason">UPPER_SNAKE name of the conflict, for programs.</param>
/// <param name="message">The conflict and its cure, for people.</param>
public sealed class MetricsConflictException(string reason, string message) : Exception(message)
{
    /// <summary>The reason where something of that name is there already.</summary>
    public const string Exists = "RUN_EXISTS";

    /// <summary>UPPER_SNAKE name of the conflict.</summary>
    public string Reason { get; } = reason;
}
