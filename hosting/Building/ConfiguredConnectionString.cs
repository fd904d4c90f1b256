using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>A connection string that the application's settings hold. It counts as a secret.</summary>
internal sealed class ConfiguredConnectionString : Resource, IResourceWithConnectionString, IResourceWithWaitSupport
{
    public ConfiguredConnectionString(string name, string? environmentVariableName, ConfigurationManager configuration)
        : base(name)
    {
        ConnectionStringEnvironmentVariable = environmentVariableName;
        Parameter = new ParameterResource(
            name,
            _ => configuration.GetConnectionString(name) is { Length: > 0 } value ? value : throw new DistributedApplicationException(
                $"The connection string '{name}' has no value. Set it with the environment variable ConnectionStrings__{name} or the argument --ConnectionStrings:{name}=VALUE."),
            secret: true);
    }

    /// <summary>The setting as a secret parameter.</summary>
    public ParameterResource Parameter { get; }

    public string? ConnectionStringEnvironmentVariable { get; }

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parameter}");

    public string ValueExpression => $"{{{Name}.connectionString}}";

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => Parameter.GetValueAsync(cancellationToken);
}
