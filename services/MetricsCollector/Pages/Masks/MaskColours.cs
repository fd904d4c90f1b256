using Maskwright.Imaging;

namespace Maskwright.MetricsCollector.Pages.Masks;

/// <summary>The colours that classes have in every mask, for styles and scripts.</summary>
internal static class MaskColours
{
    /// <summary>All 256, in the order of their indices, separated by commas.</summary>
    public static string All { get; } = string.Join(',', Enumerable.Range(0, 256).Select(Of));

    /// <summary>Colour of a class index, <c>#rrggbb</c>.</summary>
    public static string Of(int index)
    {
        var (r, g, b) = Palette.Default[index];
        return $"#{r:x2}{g:x2}{b:x2}";
    }
}
