using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>A connection string put together from other values.</summary>
/// <param name="name">Name of the resource, and of the connection string.</param>
/// <param name="connectionStringExpression">What it is put together from.</param>
public sealed class ConnectionStringResource(string name, ReferenceExpression connectionStringExpression)
    : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression { get; } = connectionStringExpression;

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Name}.connectionString}}";

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);
}
