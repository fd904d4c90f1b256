using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Adds parameters and connection strings.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter whose value is the setting <c>Parameters:{name}</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the parameter.</param>
    /// <param name="secret">Whether the value must never be shown.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(new ParameterResource(
            name,
            _ => Configured(builder.Configuration, name) ?? throw new DistributedApplicationException(
                $"Parameter '{name}' has no value. Set it with the environment variable Parameters__{name.Replace('-', '_')} or the argument --Parameters:{name}=VALUE."),
            secret));
    }

    /// <summary>Adds a parameter of a fixed value.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the parameter.</param>
    /// <param name="value">The value.</param>
    /// <param name="publishValueAsDefault">Whether a published application keeps the value as its default.</param>
    /// <param name="secret">Whether the value must never be shown.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(value);
        if (publishValueAsDefault && secret)
            throw new ArgumentException($"Parameter '{name}' is a secret, and a secret must not be published.", nameof(secret));
        return builder.AddResource(new ParameterResource(name, _ => value, secret));
    }

    /// <summary>Adds a parameter whose value is the setting <c>Parameters:{name}</c>, or else a default.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the parameter.</param>
    /// <param name="value">Makes the default.</param>
    /// <param name="secret">Whether the value must never be shown.</param>
    /// <param name="persist">Whether the default, once made, is kept for later runs: in the AppHost's user secrets, a file only its owner may read.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(value);
        var secrets = ((DistributedApplicationBuilder)builder).Secrets;
        return builder.AddResource(new ParameterResource(name, parameterDefault => Find(parameterDefault!), secret) { Default = value });

        string Find(ParameterDefault parameterDefault)
        {
            if (Configured(builder.Configuration, name) is { } configured)
                return configured;
            return persist ? secrets.GetOrAdd($"Parameters:{name}", parameterDefault.GetDefaultValue) : parameterDefault.GetDefaultValue();
        }
    }

    /// <summary>Adds a connection string put together from other values.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource and of the connection string.</param>
    /// <param name="connectionStringExpression">What it is put together from.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connectionStringExpression);
        return builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
    }

    /// <summary>Adds a connection string that the setting <c>ConnectionStrings:{name}</c> holds.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource and of the connection string.</param>
    /// <param name="environmentVariableName">Variable it is handed over by; null for <c>ConnectionStrings__{name}</c>.</param>
    /// <returns>A builder that says more about it.</returns>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddResource(new ConfiguredConnectionString(name, environmentVariableName, builder.Configuration));
    }

    /// <summary>A hyphen cannot stand in a variable's name, so an underscore may stand for it.</summary>
    private static string? Configured(ConfigurationManager configuration, string name)
    {
        var value = configuration[$"Parameters:{name}"] ?? configuration[$"Parameters:{name.Replace('-', '_')}"];
        return string.IsNullOrEmpty(value) ? null : value;
    }
}
