namespace Maskwright.Cli;

/// <summary>The command line is wrong; the message says what is expected.</summary>
internal sealed class UsageException(string message) : Exception(message);
