using Maskwright.Dashboard.Tests.Browser;
using Microsoft.Playwright;

namespace Maskwright.MetricsCollector.Tests.Pages;

/// <summary>A collector, and a browser's window at its pages. What scripts complain of is a failure at the end.</summary>
internal sealed class OpenCollector : IAsyncDisposable
{
    private readonly List<string> _complaints = [];
    private string? _allowed;

    private OpenCollector(CollectorHost host, IPage page)
    {
        Host = host;
        Page = page;
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && (_allowed is null || !message.Text.Contains(_allowed, StringComparison.Ordinal)))
                _complaints.Add(message.Text);
        };
    }

    public CollectorHost Host { get; }

    public IPage Page { get; }

    public static async Task<OpenCollector> StartAsync(
        Chromium chromium, CollectorHost? host = null, int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light,
        bool hostIsStarted = false)
    {
        var page = await chromium.OpenAsync(width, height, scheme);
        host ??= new CollectorHost();
        if (!hostIsStarted)
            await host.InitializeAsync();
        return new OpenCollector(host, page);
    }

    /// <summary>From now on, complaints with these words are none.</summary>
    public void AllowComplaints(string words) => _allowed = words;

    public Task GoAsync(string path) => Page.GotoAsync(new Uri(Host.Http.BaseAddress!, path).ToString());

    public async ValueTask DisposeAsync()
    {
        var complaints = _complaints.ToArray();
        await Page.Context.CloseAsync();
        await Host.DisposeAsync();
        complaints.ShouldBeEmpty();
    }
}
