using Microsoft.AspNetCore.Components;

namespace Maskwright.MetricsCollector.Pages.Run;

/// <summary>What a page shows stands in the query of its address, so that the address can be shared.</summary>
internal static class PageQuery
{
    /// <summary>Changes one value of the query without leaving the page; null removes it.</summary>
    public static void SetQuery(this NavigationManager navigation, string name, string? value) =>
        navigation.NavigateTo(navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value), replace: true);
}
