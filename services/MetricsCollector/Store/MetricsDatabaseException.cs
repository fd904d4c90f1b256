namespace Maskwright.MetricsCollector;

/// <summary>The database cannot be used. The message names it, what is wrong and the cure.</summary>
public sealed class MetricsDatabaseException(string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Whether it has no room left; what is in it can still be read.</summary>
    public bool IsFull { get; init; }
}
