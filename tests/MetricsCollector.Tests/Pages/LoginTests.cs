using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Maskwright.Dashboard.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.MetricsCollector.Tests.Pages;

/// <summary>Beyond loopback, browsers log in with the collector's token.</summary>
public sealed class LoginTests(Chromium chromium)
{
    private const string Token = "0123456789abcdef";

    [Fact]
    public async Task A_browser_logs_in_and_comes_to_the_page_it_asked_for()
    {
        var address = Array.Find(
            await Dns.GetHostAddressesAsync(Dns.GetHostName(), TestContext.Current.CancellationToken),
            found => !IPAddress.IsLoopback(found) && found.AddressFamily == AddressFamily.InterNetwork);
        Assert.SkipWhen(address is null, "This machine's name stands for no IPv4 address beyond loopback.");
        await using var open = await OpenCollector.StartAsync(chromium, new CollectorHost { Address = address.ToString(), Token = Token });
        var page = open.Page;
        await open.GoAsync("/datasets?x=1");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Maskwright");
        await page.GetByLabel("Token").FillAsync(Token);
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/datasets\?x=1$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Datasets");

        foreach (var path in (string[])["/runs", "/assets/v/pages.js", "/_blazor/negotiate", "/_framework/blazor.web.js"])
            (await open.Host.Http.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        (await open.Host.Http.GetAsync("/login?t=wrong", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
