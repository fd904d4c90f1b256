using System.Net;
using System.Text.RegularExpressions;

namespace Maskwright.Dashboard.Tests.Access;

/// <summary>Nothing is served without the token.</summary>
public sealed class AccessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/traces")]
    [InlineData("/no-such-page")]
    [InlineData("/export/logs")]
    [InlineData("/export/console/storage")]
    [InlineData("/assets/v/dashboard.js")]
    [InlineData("/_framework/blazor.web.js")]
    [InlineData("/_content/Plotly.Blazor/plotly-basic-3.7.0.min.js")]
    public async Task Without_a_cookie_everything_leads_to_the_login(string path)
    {
        await using var sample = await SampleDashboard.StartAsync();
        using var client = Client();
        using var answer = await client.GetAsync(new Uri(sample.Url, path), Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldContain("/login?returnUrl=");
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_cookie_no_circuit_is_opened()
    {
        await using var sample = await SampleDashboard.StartAsync();
        using var client = Client();
        using var answer = await client.PostAsync(new Uri(sample.Url, "/_blazor/negotiate?negotiateVersion=1"), null, Cancellation);
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task The_login_page_shows_itself_and_its_assets_only()
    {
        await using var sample = await SampleDashboard.StartAsync();
        using var client = Client();
        var page = await client.GetStringAsync(new Uri(sample.Url, "/login"), Cancellation);
        page.ShouldContain("not Microsoft");
        var assets = Regex.Matches(page, "/assets/[0-9a-f]{16}/[a-z.]+").Select(match => match.Value).ToList();
        assets.Select(asset => asset[(asset.LastIndexOf('/') + 1)..]).ShouldBe(["icon.svg", "login.css"], ignoreOrder: true);
        foreach (var asset in assets)
        {
            using var answer = await client.GetAsync(new Uri(sample.Url, asset), Cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Headers.CacheControl!.ToString().ShouldContain("immutable");
        }
    }

    [Fact]
    public async Task The_token_opens_everything_and_a_wrong_one_nothing()
    {
        await using var sample = await SampleDashboard.StartAsync();
        using var client = Client();
        (await client.GetAsync(new Uri(sample.Url, "/login?t=wrong"), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetAsync(sample.Url, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        using var answer = await client.GetAsync(sample.Running.LoginUrl, Cancellation);
        answer.Headers.Location!.ToString().ShouldBe("/");
        var cookie = answer.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=lax");
        using var page = await client.GetAsync(sample.Url, Cancellation);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("default-src 'self'");
    }

    [Fact]
    public async Task The_token_can_be_typed_in_and_the_page_asked_for_is_opened()
    {
        await using var sample = await SampleDashboard.StartAsync(("Dashboard:Frontend:BrowserToken", "a-token-of-my-own"));
        using var client = Client();
        using var form = new FormUrlEncodedContent([new("t", " a-token-of-my-own ")]);
        using var answer = await client.PostAsync(new Uri(sample.Url, "/login?returnUrl=%2Ftraces%3Ferrors%3Dtrue"), form, Cancellation);
        answer.Headers.Location!.ToString().ShouldBe("/traces?errors=true");
    }

    [Theory]
    [InlineData("https://example.org/")]
    [InlineData("//example.org")]
    [InlineData("/\\example.org")]
    public async Task A_login_leads_to_no_other_host(string returnUrl)
    {
        await using var sample = await SampleDashboard.StartAsync();
        using var client = Client();
        using var answer = await client.GetAsync(new Uri($"{sample.Running.LoginUrl}&returnUrl={Uri.EscapeDataString(returnUrl)}"), Cancellation);
        answer.Headers.Location!.ToString().ShouldBe("/");
    }

    [Fact]
    public async Task Pages_of_other_origins_cannot_use_the_cookie_and_other_names_are_not_answered()
    {
        await using var sample = await SampleDashboard.StartAsync();
        using var client = Client();
        await client.GetAsync(sample.Running.LoginUrl, Cancellation);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, sample.Url);
        foreign.Headers.Add("Origin", "http://127.0.0.1:1");
        (await client.SendAsync(foreign, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, sample.Url);
        rebound.Headers.Host = "example.org";
        (await client.SendAsync(rebound, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_cookie_of_one_dashboard_does_not_open_another()
    {
        await using var first = await SampleDashboard.StartAsync();
        await using var second = await SampleDashboard.StartAsync();
        using var client = Client();
        await client.GetAsync(first.Running.LoginUrl, Cancellation);
        (await client.GetAsync(first.Url, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync(second.Url, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task All_addresses_are_of_this_machine_alone()
    {
        await using var sample = await SampleDashboard.StartAsync();
        foreach (var url in (Uri[])[sample.Running.LoginUrl, sample.Running.OtlpGrpcEndpoint, sample.Running.OtlpHttpEndpoint])
            url.Host.ShouldBe("127.0.0.1");
    }

    private static HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false });
}
