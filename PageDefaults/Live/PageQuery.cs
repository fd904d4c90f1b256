using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Maskwright.PageDefaults.Live;

/// <summary>
/// What a page shows stands in the query of its address, so that the address can be shared. The browser confirms a change a
/// round trip later: what is changed meanwhile comes on top of it, not in its place.
/// </summary>
public sealed class PageQuery : IDisposable
{
    private readonly NavigationManager _navigation;
    private string? _asked;
    private int _unconfirmed;

    /// <summary>The query of the page that is open.</summary>
    public PageQuery(NavigationManager navigation)
    {
        ArgumentNullException.ThrowIfNull(navigation);
        _navigation = navigation;
        _navigation.LocationChanged += Confirm;
    }

    /// <summary>Changes one value; null or empty removes it.</summary>
    public void Set(string name, object? value) => Set(new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = value });

    /// <summary>Changes values by name; null or empty removes one.</summary>
    /// <param name="values">The values.</param>
    /// <param name="replace">Whether the way back skips the present address.</param>
    public void Set(IReadOnlyDictionary<string, object?> values, bool replace = true)
    {
        var present = _asked is not null && PathOf(_asked) == PathOf(_navigation.Uri) ? _asked : _navigation.Uri;
        var kept = values.ToDictionary(value => value.Key, value => value.Value is string { Length: 0 } ? null : value.Value, StringComparer.Ordinal);
        _asked = _navigation.GetUriWithQueryParameters(present, kept);
        _unconfirmed++;
        _navigation.NavigateTo(_asked, replace: replace);
    }

    /// <inheritdoc/>
    public void Dispose() => _navigation.LocationChanged -= Confirm;

    private static string PathOf(string uri) => new Uri(uri).AbsolutePath;

    private void Confirm(object? sender, LocationChangedEventArgs change)
    {
        if (_unconfirmed > 0 && --_unconfirmed == 0)
            _asked = null;
    }
}
