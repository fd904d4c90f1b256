namespace Maskwright.MetricsCollector;

/// <summary>The database cannot be used. The message names the file, what is wrong and the cure.</summary>
public sealed class MetricsDatabaseException(string message, Exception? innerException = null)
    : Exception(message, innerException);
