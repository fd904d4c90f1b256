using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Adds a command that a person can give to the resource in the dashboard.</summary>
    /// <typeparam name="T">Kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="name">Name it is executed by, unique in the resource.</param>
    /// <param name="displayName">Name for people.</param>
    /// <param name="executeCommand">What it does.</param>
    /// <param name="commandOptions">How it is shown; null for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="DistributedApplicationException">The resource has a command of that name already.</exception>
    public static IResourceBuilder<T> WithCommand<T>(
        this IResourceBuilder<T> builder,
        string name,
        string displayName,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        CommandOptions? commandOptions = null)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(displayName);
        ArgumentNullException.ThrowIfNull(executeCommand);
        if (name is "start" or "stop" or "restart" || builder.Resource.Annotations.OfType<CommandAnnotation>().Any(other => other.Name == name))
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' has a command '{name}' already. Give this one another name.");
        return builder.WithAnnotation(new CommandAnnotation(name, displayName, executeCommand, commandOptions ?? new CommandOptions()));
    }
}
