using Microsoft.Playwright;

namespace Maskwright.Benchmarks.Metrics;

/// <summary>The distribution's Chromium without a screen.</summary>
internal sealed class HeadlessChromium : IAsyncDisposable
{
    private const string ExecutablePath = "/usr/bin/chromium";

    private readonly IPlaywright _playwright;

    private HeadlessChromium(IPlaywright playwright, IBrowser browser) => (_playwright, Browser) = (playwright, browser);

    public IBrowser Browser { get; }

    /// <summary>Starts it; null, and a line that says why, where it is not installed.</summary>
    public static async Task<HeadlessChromium?> StartAsync(string benchmark)
    {
        if (!File.Exists(ExecutablePath))
        {
            await Console.Error.WriteLineAsync($"{benchmark}: there is no {ExecutablePath}; install Debian's package chromium.");
            return null;
        }

        var playwright = await Playwright.CreateAsync();
        return new HeadlessChromium(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = ExecutablePath,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        }));
    }

    /// <summary>Opens a window that has kept nothing of any other.</summary>
    public static async Task<IPage> OpenAsync(IBrowser browser, int height)
    {
        // The pages' own policy forbids the functions that watch them.
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { BypassCSP = true, ViewportSize = new ViewportSize { Width = 1_280, Height = height } });
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
    }
}
