namespace Maskwright.Hosting;

/// <summary>A process to start.</summary>
/// <param name="FileName">Absolute path, or a name looked up in <c>PATH</c>.</param>
/// <param name="Arguments">Each handed over as it is.</param>
/// <param name="WorkingDirectory">Absolute path.</param>
/// <param name="Environment">Variables on top of the engine's own.</param>
internal sealed record ChildCommand(
    string FileName, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Command line that removes what the process leaves outside of its process group when it is killed, or null.</summary>
    public IReadOnlyList<string>? Removal { get; init; }
}
