namespace Maskwright.Artifacts;

/// <summary>An artifact is not what it should be: damaged, of an unknown version, or not of its format.</summary>
public sealed class ArtifactException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="artifact">The key or name of the artifact.</param>
    /// <param name="problem">What is wrong with it, what was expected, and the cure.</param>
    /// <param name="innerException">The cause, when there is one.</param>
    public ArtifactException(string artifact, string problem, Exception? innerException = null)
        : base($"{artifact}: {problem}", innerException) => (Artifact, Problem) = (artifact, problem);

    /// <summary>The key or name of the artifact.</summary>
    public string Artifact { get; }

    /// <summary>What is wrong with it, what was expected, and the cure.</summary>
    public string Problem { get; }
}
