using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>A connection string as the value of a variable.</summary>
internal sealed class ConnectionStringReference(IResourceWithConnectionString source, bool optional) : IValueProvider
{
    public IResourceWithConnectionString Source { get; } = source;

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var value = await Source.GetValueAsync(cancellationToken);
        if (!string.IsNullOrEmpty(value))
            return value;
        return optional ? null : throw new DistributedApplicationException($"The connection string '{Source.Name}' is empty.");
    }
}
