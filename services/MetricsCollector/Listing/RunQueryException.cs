namespace Maskwright.MetricsCollector;

/// <summary>A filter or an order that cannot be read; the message says where and what was expected.</summary>
public sealed class RunQueryException(string message) : Exception(message);
