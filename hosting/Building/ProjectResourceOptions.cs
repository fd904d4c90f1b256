namespace Aspire.Hosting;

/// <summary>What is taken from a project's own settings.</summary>
public class ProjectResourceOptions
{
    /// <summary>Launch profile to use; null for the first that runs the project itself.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>Whether no launch profile is used.</summary>
    public bool ExcludeLaunchProfile { get; set; }

    /// <summary>Whether the endpoints in the project's <c>Kestrel:Endpoints</c> are left out.</summary>
    public bool ExcludeKestrelEndpoints { get; set; }
}
