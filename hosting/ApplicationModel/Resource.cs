using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What has been said about a resource, in the order it was said.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

/// <summary>Base of all resources.</summary>
public abstract class Resource : IResource
{
    /// <summary>Names the resource.</summary>
    /// <param name="name">1 to 64 ASCII letters, digits and single hyphens, starting with a letter and not ending with a hyphen.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not such a name.</exception>
    protected Resource(string name)
    {
        ResourceName.Check(name);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ResourceAnnotationCollection Annotations { get; } = [];

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A program that is started by a command.</summary>
public class ExecutableResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>Describes a program.</summary>
    /// <param name="name">Name of the resource.</param>
    /// <param name="command">A path, or a name looked up in <c>PATH</c>.</param>
    /// <param name="workingDirectory">Absolute path of the folder it is started in.</param>
    public ExecutableResource(string name, string command, string workingDirectory)
        : base(name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(command);
        ArgumentException.ThrowIfNullOrWhiteSpace(workingDirectory);
        Command = command;
        WorkingDirectory = workingDirectory;
    }

    /// <summary>A path, or a name looked up in <c>PATH</c>.</summary>
    public string Command { get; }

    /// <summary>Absolute path of the folder it is started in.</summary>
    public string WorkingDirectory { get; }
}

/// <summary>A .NET project, started from its build output.</summary>
/// <param name="name">Name of the resource.</param>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport;
