namespace Maskwright.Dashboard.Traces;

/// <summary>A colour for each resource, the same on every page: the classes <c>colour-0</c> to <c>colour-9</c> of the style sheet.</summary>
internal sealed class ResourceColours(IReadOnlyList<string> resources)
{
    private const int Colours = 10;

    private readonly Dictionary<string, int> _places = resources.Select((name, place) => (name, place)).ToDictionary(entry => entry.name, entry => entry.place, StringComparer.Ordinal);

    public string Class(string resource) => $"colour-{_places.GetValueOrDefault(resource) % Colours}";
}
