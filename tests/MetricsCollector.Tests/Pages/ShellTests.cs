using System.Text.RegularExpressions;
using Maskwright.Dashboard.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.MetricsCollector.Tests.Pages;

/// <summary>What all pages have in common.</summary>
public sealed class ShellTests(Chromium chromium)
{
    [Fact]
    public async Task Pages_are_reached_by_the_menu_and_the_keyboard()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        var page = open.Page;
        await open.GoAsync("/");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Runs");
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Compare");
        await page.GetByRole(AriaRole.Link, new() { Name = "Datasets" }).PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/datasets$"));
        await Expect(page).ToHaveTitleAsync("Datasets · Maskwright");
    }

    [Fact]
    public async Task An_address_without_a_page_says_so_to_people_and_to_programs()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        // A window of its own, because the browser complains of the status.
        var page = await chromium.OpenAsync();
        var answer = await page.GotoAsync(new Uri(open.Host.Http.BaseAddress!, "/no-such-page").ToString());
        answer!.Status.ShouldBe(404);
        await Expect(page.GetByTestId("empty")).ToContainTextAsync("There is no such page");
        await page.Context.CloseAsync();
        using var plain = await open.Host.Http.GetAsync("/v1/no-such-thing", TestContext.Current.CancellationToken);
        plain.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        (await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_theme_follows_the_system_until_it_is_switched_and_stays_so()
    {
        await using var open = await OpenCollector.StartAsync(chromium, scheme: ColorScheme.Dark);
        var page = open.Page;
        await open.GoAsync("/runs");
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(15, 19, 25)");
        await page.GetByTestId("theme").ClickAsync();
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(245, 247, 249)");
        await open.GoAsync("/datasets");
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(245, 247, 249)");
    }

    [Fact]
    public async Task Everything_comes_from_the_collector_under_a_policy_without_inline_scripts()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        List<string> elsewhere = [];
        open.Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(open.Host.Http.BaseAddress!.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                elsewhere.Add(request.Url);
        };
        await open.GoAsync("/runs");
        await Expect(open.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        elsewhere.ShouldBeEmpty();
        using var answer = await open.Host.Http.GetAsync("/runs", TestContext.Current.CancellationToken);
        answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("default-src 'self'");
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/v1/runs/a:tag");
        foreign.Headers.Add("Origin", "http://127.0.0.1:1");
        (await open.Host.Http.SendAsync(foreign, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Nothing_is_wider_than_a_phone()
    {
        await using var open = await OpenCollector.StartAsync(chromium, width: 390, height: 844);
        foreach (var path in (string[])["/runs", "/compare", "/datasets"])
        {
            await open.GoAsync(path);
            await Expect(open.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            (await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390, path);
        }
    }
}
