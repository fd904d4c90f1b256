using System.CommandLine;

namespace Maskwright.Cli;

/// <summary>A command whose help ends with more than its summary: what it does in full, and examples.</summary>
/// <param name="name">The word that is typed.</param>
/// <param name="summary">What it does, in a sentence; lists of commands show it.</param>
/// <param name="details">What follows the options in its own help.</param>
internal sealed class DocumentedCommand(string name, string summary, string details) : Command(name, summary)
{
    /// <summary>What follows the options in its own help.</summary>
    public string Details { get; } = details;
}
