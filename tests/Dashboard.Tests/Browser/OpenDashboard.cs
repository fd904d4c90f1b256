using Maskwright.Hosting;
using Microsoft.Playwright;

namespace Maskwright.Dashboard.Tests.Browser;

/// <summary>A dashboard with three resources, logged in to in a window of its own. What scripts complain of is a failure at the end.</summary>
internal sealed class OpenDashboard : IAsyncDisposable
{
    private readonly List<string> _complaints = [];

    private OpenDashboard(SampleDashboard sample, IPage page, ConsoleLog console)
    {
        Sample = sample;
        Page = page;
        Console = console;
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _complaints.Add(message.Text);
        };
    }

    public SampleDashboard Sample { get; }

    public IPage Page { get; }

    /// <summary>The console log of the resource <c>storage</c>.</summary>
    public ConsoleLog Console { get; }

    public static async Task<OpenDashboard> StartAsync(Chromium chromium, int width = 1280)
    {
        var page = await chromium.OpenAsync(width);
        var sample = await SampleDashboard.StartAsync();
        var console = sample.Add("storage");
        sample.Add("metrics");
        sample.Add("trainer", "storage", "metrics");
        var open = new OpenDashboard(sample, page, console);
        await page.GotoAsync(sample.Running.LoginUrl.ToString());
        return open;
    }

    public Task GoAsync(string path) => Page.GotoAsync(new Uri(Sample.Url, path).ToString());

    public async ValueTask DisposeAsync()
    {
        var complaints = _complaints.ToArray();
        await Page.Context.CloseAsync();
        await Sample.DisposeAsync();
        complaints.ShouldBeEmpty();
    }
}
