namespace Aspire.Hosting.ApplicationModel;

/// <summary>A setting of the application, perhaps a secret.</summary>
public sealed class ParameterResource : Resource, IValueProvider, IManifestExpressionProvider
{
    private readonly Lazy<string> _value;

    /// <summary>Describes a parameter.</summary>
    /// <param name="name">Name of the resource.</param>
    /// <param name="callback">Finds the value when it is first asked for; given the default, if there is one.</param>
    /// <param name="secret">Whether the value must never be shown.</param>
    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Secret = secret;
        _value = new Lazy<string>(() => callback(Default));
    }

    /// <summary>Whether the value must never be shown.</summary>
    public bool Secret { get; }

    /// <exception cref="DistributedApplicationException">Nothing configures the parameter and it has no default.</exception>
    internal string Value => _value.Value;

    /// <summary>Where the value comes from when none is configured, or null.</summary>
    public ParameterDefault? Default { get; init; }

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Name}.value}}";

    /// <inheritdoc/>
    /// <exception cref="DistributedApplicationException">Nothing configures the parameter and it has no default.</exception>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Value);
}

/// <summary>Where a parameter's value comes from when none is configured.</summary>
public abstract class ParameterDefault
{
    /// <summary>Makes the value.</summary>
    /// <returns>The value.</returns>
    public abstract string GetDefaultValue();
}
