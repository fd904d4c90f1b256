using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>
/// Values of parameters in a deployment. A secret of this machine is never published: where a secret can be generated, the
/// deployment gets one of its own, once; where it cannot, its place is left empty for a person to fill.
/// </summary>
/// <param name="kept">Values that an earlier publishing wrote and a person may have filled in.</param>
internal sealed class DeploymentSecrets(IReadOnlyDictionary<string, string> kept)
{
    /// <summary>Names of the secrets left empty.</summary>
    public List<string> Missing { get; } = [];

    public async Task<string> ValueOfAsync(ParameterResource parameter, string key, CancellationToken cancellationToken)
    {
        if (kept.TryGetValue(key, out var value) && value.Length > 0)
            return value;
        if (!parameter.Secret)
            return await parameter.GetValueAsync(cancellationToken) ?? "";
        if (parameter.Default is { } generator)
            return generator.GetDefaultValue();
        Missing.Add(parameter.Name);
        return "";
    }
}
