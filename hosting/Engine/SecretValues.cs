using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>Tells values that hold a secret, by what they are put together from.</summary>
internal static class SecretValues
{
    /// <summary>Whether a secret parameter is the value or a part of it.</summary>
    public static bool IsSecret(object value) => value switch
    {
        ParameterResource parameter => parameter.Secret,
        ReferenceExpression expression => expression.ValueProviders.Any(IsSecret),
        ConnectionStringReference reference => IsSecret(reference.Source),
        IResourceWithConnectionString source => IsSecret(source.ConnectionStringExpression),
        _ => false,
    };
}
