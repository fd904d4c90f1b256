namespace Maskwright.Cli;

/// <summary>A service cannot be found or does not answer; the message says which and what to do.</summary>
internal sealed class ServiceUnreachableException(string message) : Exception(message);
