using System.Text.RegularExpressions;
using Maskwright.Dashboard.Otlp.Wire;
using WireSpan = Maskwright.Dashboard.Otlp.Wire.Span;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.Dashboard.Tests.Browser;

public sealed class TracePagesTests(Chromium chromium)
{
    [Fact]
    public async Task A_trace_leads_from_the_list_to_its_spans_their_logs_and_back()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        var page = open.Page;
        await open.GoAsync("/traces");
        await Expect(page.GetByTestId("empty")).ToContainTextAsync("No traces yet");
        await open.Sample.SendAsync(SampleTelemetry.Spans("trainer", SampleTelemetry.Trace(1, 60, SampleTelemetry.Now)));
        await open.Sample.SendAsync(SampleTelemetry.Spans("storage", SampleTelemetry.Trace(2, 3, SampleTelemetry.Now)));
        await open.Sample.SendAsync(SampleTelemetry.Logs("trainer", [SampleTelemetry.Log("said in step 1", SeverityNumber.Info, 1, 2), SampleTelemetry.Log("said elsewhere")]));
        var rows = page.GetByTestId("traces").Locator("tbody tr.row");
        await Expect(rows).ToHaveCountAsync(2);
        await open.GoAsync("/traces?errors=true");
        await Expect(rows).ToHaveCountAsync(1);
        await open.GoAsync("/traces?text=work%2F2");
        await Expect(rows).ToHaveCountAsync(1);
        await open.GoAsync("/traces/resource/trainer?min=1");
        await Expect(rows).ToHaveCountAsync(1);

        await rows.First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/traces/detail/0{31}1$"));
        await page.Locator(".span-title", new() { HasTextRegex = new Regex(@"step 1\s*$") }).ClickAsync();
        var details = page.GetByTestId("details");
        await Expect(details).ToContainTextAsync("said in step 1");
        await Expect(page).ToHaveURLAsync(new Regex(@"\?span=0{15}2$"));
        await details.GetByTestId("to-logs").ClickAsync();
        var logs = page.GetByTestId("logs").Locator("tbody tr.row");
        await Expect(logs).ToHaveCountAsync(1);
        await logs.First.ClickAsync();
        await page.GetByTestId("to-trace").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/traces/detail/0{31}1\?span=0{15}2$"));
        await Expect(page.Locator(".span-row.selected")).ToContainTextAsync("step 1");

        // A click on a row that is just being replaced goes to nobody: the others must have left first.
        await page.GetByTestId("filter").FillAsync("step 49");
        await Expect(page.Locator(".span-title", new() { HasTextRegex = new Regex(@"step 2\s*$") })).ToHaveCountAsync(0);
        await Expect(page.Locator(".span-error")).ToHaveCountAsync(1);
        await page.Locator(".span-error .span-title").ClickAsync();
        await Expect(page.GetByTestId("details")).ToContainTextAsync("It went wrong.");
    }

    [Fact]
    public async Task Events_and_links_are_shown_and_a_span_is_scrolled_to()
    {
        await using var open = await OpenDashboard.StartAsync(chromium);
        var page = open.Page;
        var spans = SampleTelemetry.Trace(1, 2_000, SampleTelemetry.Now).ToList();
        var last = spans[^1];
        last.Events.Add(new WireSpan.Types.Event { Name = "checkpoint", TimeUnixNano = last.StartTimeUnixNano + 5_000_000, Attributes = { SampleTelemetry.Attribute("epoch", "3") } });
        last.Links.Add(new WireSpan.Types.Link { TraceId = SampleTelemetry.TraceIdOf(2), SpanId = SampleTelemetry.SpanIdOf(1) });
        await open.Sample.SendAsync(SampleTelemetry.Spans("trainer", spans));
        await open.Sample.SendAsync(SampleTelemetry.Spans("storage", SampleTelemetry.Trace(2, 1, SampleTelemetry.Now)));
        await open.GoAsync($"/traces/detail/00000000000000000000000000000001?span={2_000:x16}");
        await Expect(page.Locator(".span-row.selected")).ToBeInViewportAsync();
        (await page.Locator(".span-row").CountAsync()).ShouldBeLessThan(150);
        var details = page.GetByTestId("details");
        await Expect(details).ToContainTextAsync("checkpoint after 5.00 ms");
        await details.GetByRole(AriaRole.Link, new() { Name = "00000000000000000000000000000002" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("storage: POST /work/2");
    }

    [Fact]
    public async Task What_fell_out_of_the_limit_is_told()
    {
        var page = await chromium.OpenAsync();
        await using var sample = await SampleDashboard.StartAsync(("Dashboard:TelemetryLimits:MaxTraceCount", "5"));
        for (ulong trace = 1; trace <= 8; trace++)
            await sample.SendAsync(SampleTelemetry.Spans("trainer", SampleTelemetry.Trace(trace, 2, SampleTelemetry.Now)));
        await page.GotoAsync(sample.Running.LoginUrl.ToString());
        await page.GotoAsync(new Uri(sample.Url, "/traces").ToString());
        await Expect(page.GetByTestId("kept")).ToContainTextAsync("5 of 5 traces shown");
        await Expect(page.GetByTestId("kept")).ToContainTextAsync("3 fell out of the limit of 5");
        await page.Context.CloseAsync();
    }
}
