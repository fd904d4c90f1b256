namespace Aspire.Hosting.ApplicationModel;

/// <summary>The environment of a resource while it is put together.</summary>
public sealed class EnvironmentCallbackContext
{
    internal EnvironmentCallbackContext(IResource resource, int replica, Dictionary<string, object> environmentVariables, CancellationToken cancellationToken)
    {
        Resource = resource;
        Replica = replica;
        EnvironmentVariables = environmentVariables;
        CancellationToken = cancellationToken;
    }

    /// <summary>The resource.</summary>
    public IResource Resource { get; }

    /// <summary>Variables so far: a text, or an <see cref="IValueProvider"/> that is resolved afterwards.</summary>
    public Dictionary<string, object> EnvironmentVariables { get; }

    /// <summary>Ends the start of the resource.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Whether the environment is published and not handed to a process of this machine.</summary>
    internal bool IsPublishing { get; init; }

    /// <summary>Which replica of the resource, counted from 0.</summary>
    internal int Replica { get; }
}
