using MudBlazor;

namespace Maskwright.PageDefaults.Layout;

/// <summary>Colours and type of all pages. Fonts are the system's own: nothing is fetched.</summary>
internal static class PageTheme
{
    private static readonly string[] Fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "DejaVu Sans", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0f62a8",
            Secondary = "#7a4fb5",
            AppbarBackground = "#ffffff",
            AppbarText = "#1c2733",
            Background = "#f5f7f9",
            Surface = "#ffffff",
            DrawerBackground = "#ffffff",
            TextPrimary = "#1c2733",
            TextSecondary = "#526070",
            LinesDefault = "#dde3e9",
            TableLines = "#e6ebf0",
            Success = "#1b7f4b",
            Warning = "#a35b00",
            Error = "#c62828",
            Info = "#0f62a8",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#6cb6ff",
            Secondary = "#c4a4f5",
            AppbarBackground = "#161b22",
            AppbarText = "#e3e9ef",
            Background = "#0f1319",
            Surface = "#161b22",
            DrawerBackground = "#161b22",
            TextPrimary = "#e3e9ef",
            TextSecondary = "#9fadbb",
            LinesDefault = "#2b333d",
            TableLines = "#242c35",
            Success = "#56c98a",
            Warning = "#f0b35b",
            Error = "#ff8a80",
            Info = "#6cb6ff",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Fonts, FontSize = "0.8125rem" },
            H6 = new H6Typography { FontFamily = Fonts, FontSize = "1rem", FontWeight = "600" },
            Body1 = new Body1Typography { FontFamily = Fonts, FontSize = "0.8125rem" },
            Body2 = new Body2Typography { FontFamily = Fonts, FontSize = "0.8125rem" },
            Button = new ButtonTypography { FontFamily = Fonts, FontSize = "0.8125rem", TextTransform = "none", FontWeight = "500" },
        },
        // A dense bar takes three quarters of it.
        LayoutProperties = new LayoutProperties { AppbarHeight = "64px", DefaultBorderRadius = "6px" },
    };
}
