using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Maskwright.MetricsCollector.Tests.Pages.RunPages;

/// <summary>What charts are fed with, as any caller sees it.</summary>
public sealed class SeriesEndpointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Series_come_as_columns_of_doubles_in_the_order_asked_for()
    {
        await using var host = new CollectorHost();
        await host.InitializeAsync();
        var run = await LoggedRun.StartAsync(host, "asked");
        await run.LogAsync("b", 5, 0.5, double.NaN);
        await run.LogAsync([LoggedRun.Point("a", 1, -1, epoch: 3, second: 10)]);
        using var answer = await AskAsync(host, "asked", """[{"metrics":["b","none"],"points":10},{"metrics":["a"],"points":10,"from":1,"to":1}]""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var numbers = MemoryMarshal.Cast<byte, double>(await answer.Content.ReadAsByteArrayAsync(Cancel)).ToArray();
        var start = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        numbers.ShouldBe([2, 5, 6, 0, 0, start + 5_000, start + 6_000, 0.5, double.NaN, 0, 1, 1, 3, start + 10_000, -1]);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("""[{"points":1}]""")]
    [InlineData("""[{"metrics":[],"points":10}]""")]
    [InlineData("""[{"metrics":[null],"points":10}]""")]
    [InlineData("""[{"metrics":["a"],"points":0}]""")]
    [InlineData("""[{"metrics":["a"],"points":2001}]""")]
    [InlineData("""[{"metrics":["a","a"],"points":1}]""")]
    [InlineData("""[{"metrics":["<b>"],"points":1}]""")]
    [InlineData("""[{"metrics":["a"],"points":1,"from":5,"to":4}]""")]
    [InlineData("""[{"metrics":["a"],"points":1,"from":-1}]""")]
    public async Task What_makes_no_sense_is_refused(string request)
    {
        await using var host = new CollectorHost();
        await host.InitializeAsync();
        await LoggedRun.StartAsync(host, "asked");
        using var answer = await AskAsync(host, "asked", request);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_answer_is_bounded_before_it_is_made_and_a_run_that_is_not_there_is_named()
    {
        await using var host = new CollectorHost();
        await host.InitializeAsync();
        var many = string.Join(',', Enumerable.Range(0, 101).Select(i => $$"""{"metrics":["a"],"points":2000,"from":{{i}}}"""));
        using var large = await AskAsync(host, "none", $"[{many}]");
        large.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await large.Content.ReadAsStringAsync(Cancel)).ShouldContain("202000 points");
        using var missing = await AskAsync(host, "none", """[{"metrics":["a"],"points":1}]""");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await missing.Content.ReadAsStringAsync(Cancel)).ShouldContain("'none'");
    }

    private static Task<HttpResponseMessage> AskAsync(CollectorHost host, string run, string request) =>
        host.Http.PostAsync($"/runs/{run}/series", new StringContent(request, Encoding.UTF8, "application/json"), Cancel);
}
