namespace Maskwright.MetricsCollector;

/// <summary>There is no run of that id.</summary>
/// <param name="id">The id asked for.</param>
public sealed class RunNotFoundException(string id) : Exception($"There is no run '{id}'.")
{
    /// <summary>The id asked for.</summary>
    public string Id { get; } = id;
}
