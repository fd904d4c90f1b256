using System.Net;
using System.Text.Json;

namespace Maskwright.EndToEnd.Tests;

/// <summary>What the services and the training worker tell the dashboard, taken from the dashboard's own export.</summary>
[Collection(PipelineTests.Name)]
public sealed class TraceTests(FinishedPipeline pipeline)
{
    private const int Patience = 60_000;

    // OTLP's STATUS_CODE_ERROR.
    private const int ErrorCode = 2;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task One_pipeline_is_one_trace_that_tells_its_story()
    {
        using var dashboard = await LogInAsync();
        string[] wanted =
        [
            "datasets queue", "datasets work", "draw", "scan", "rasterise", "upload shard", "commit",
            "trainingRuns queue", "trainingRuns work", "train", "load train", "load val", "epoch 1", "epoch 2", "validate", "checkpoint",
            "evaluations queue", "evaluations work", "load model", "evaluate", "report", "storage put",
        ];
        var spans = await UntilAsync(dashboard, spans => wanted.All(name => spans.Any(span => span.Name == name)));

        spans.Count(span => span.Name == "epoch 1").ShouldBe(1);
        Parent(spans, "epoch 1").Name.ShouldBe("train");
        Parent(spans, "validate").Name.ShouldStartWith("epoch ");
        Parent(spans, "scan").Name.ShouldBe("datasets work");
        Parent(spans, "evaluate").Name.ShouldBe("evaluations work");
        var worker = spans.Single(span => span.Name == "train" && Parent(spans, span).Name == "trainingRuns work");
        worker.Resource.ShouldBe("trainer-worker");
        spans.Where(span => span.Name.StartsWith("storage ", StringComparison.Ordinal)).ShouldAllBe(span => span.Kind == 3 && span.Attributes.Contains("aws.s3.bucket") && span.Attributes.Contains("aws.s3.key"));
        spans.Where(span => span.Name == "storage put").ShouldContain(span => span.Attributes.Contains("storage.bytes"));
        var queue = spans.First(span => span.Name == "datasets queue");
        queue.End.ShouldBeGreaterThanOrEqualTo(queue.Start);
        queue.End.ShouldBeLessThanOrEqualTo(spans.First(span => span.Name == "datasets work").End);
        spans.Where(span => span.IsError).Select(span => $"{span.Resource}: {span.Name}").ShouldBeEmpty("nothing went wrong");
        spans.GroupBy(span => span.Name).Where(group => group.Count() >= FinishedPipeline.Scenes && !group.Key.StartsWith("storage ", StringComparison.Ordinal) && group.First().Kind is not (2 or 3))
            .Select(group => group.Key).ShouldBeEmpty("no span for each image or step");
    }

    [Fact(Timeout = Patience)]
    public async Task Log_lines_carry_the_trace_they_belong_to()
    {
        using var dashboard = await LogInAsync();
        while (!(await dashboard.GetStringAsync(new Uri("/export/logs", UriKind.Relative), Cancellation)).Contains(pipeline.TraceId, StringComparison.Ordinal))
            await Task.Delay(BetweenLooks, Cancellation);
    }

    private async Task<HttpClient> LogInAsync()
    {
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = pipeline.Application.Dashboard };
        using var answer = await client.GetAsync(pipeline.Application.Dashboard, Cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue();
        return client;
    }

    /// <summary>Processes send what they have in batches of a second.</summary>
    private async Task<IReadOnlyList<ToldSpan>> UntilAsync(HttpClient dashboard, Predicate<IReadOnlyList<ToldSpan>> complete)
    {
        while (true)
        {
            using var answer = await dashboard.GetAsync(new Uri($"/export/traces/{pipeline.TraceId}", UriKind.Relative), Cancellation);
            if (answer.IsSuccessStatusCode && Parse(await answer.Content.ReadAsStringAsync(Cancellation)) is var spans && complete(spans))
                return spans;
            await Task.Delay(BetweenLooks, Cancellation);
        }
    }

    private static ToldSpan Parent(IReadOnlyList<ToldSpan> spans, string name) => Parent(spans, spans.First(span => span.Name == name));

    private static ToldSpan Parent(IReadOnlyList<ToldSpan> spans, ToldSpan span) => spans.Single(other => other.Id == span.ParentId);

    private static List<ToldSpan> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. from resource in document.RootElement.GetProperty("resourceSpans").EnumerateArray()
               let name = resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
                   .First(attribute => attribute.GetProperty("key").GetString() == "service.name").GetProperty("value").GetProperty("stringValue").GetString()
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select new ToldSpan(
                   span.GetProperty("spanId").GetString()!,
                   span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null,
                   span.GetProperty("name").GetString()!,
                   name!,
                   span.GetProperty("kind").GetInt32(),
                   long.Parse(span.GetProperty("startTimeUnixNano").GetString()!, System.Globalization.CultureInfo.InvariantCulture),
                   long.Parse(span.GetProperty("endTimeUnixNano").GetString()!, System.Globalization.CultureInfo.InvariantCulture),
                   span.TryGetProperty("status", out var status) && status.TryGetProperty("code", out var code) && code.GetInt32() == ErrorCode,
                   [.. span.GetProperty("attributes").EnumerateArray().Select(attribute => attribute.GetProperty("key").GetString()!)]),
        ];
    }

    private sealed record ToldSpan(string Id, string? ParentId, string Name, string Resource, int Kind, long Start, long End, bool IsError, IReadOnlyList<string> Attributes);
}
