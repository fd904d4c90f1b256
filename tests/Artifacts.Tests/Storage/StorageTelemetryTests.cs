using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Maskwright.Testing;

namespace Maskwright.Artifacts.Tests;

public sealed class StorageTelemetryTests(StoreServer server) : IClassFixture<StoreServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_operation_is_one_span_with_bucket_key_bytes_and_attempts()
    {
        using var storage = await OpenAsync();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == StorageTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if ((string?)span.GetTagItem("aws.s3.bucket") == storage.Options.Bucket)
                    spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await storage.PutAsync("k", new byte[3], "text/plain", Ct);
        await storage.PutAsync("parts", new byte[9 * 1024 * 1024], "text/plain", Ct);
        await storage.GetAsync("k", Ct);
        await Should.ThrowAsync<StorageException>(() => storage.GetAsync("absent", Ct));
        await storage.ListAsync("", Ct).CountAsync(Ct);

        spans.Select(s => (s.OperationName, s.Kind, s.GetTagItem("aws.s3.key"), s.GetTagItem("storage.bytes"), s.GetTagItem("storage.attempts"), s.Status)).ShouldBe([
            ("storage put", ActivityKind.Client, "k", 3L, 1, ActivityStatusCode.Unset),
            ("storage put", ActivityKind.Client, "parts", 9L * 1024 * 1024, 5, ActivityStatusCode.Unset), // begin, two parts, complete, stat
            ("storage get", ActivityKind.Client, "k", 3L, 1, ActivityStatusCode.Unset),
            ("storage get", ActivityKind.Client, "absent", null, 1, ActivityStatusCode.Error),
            ("storage list", ActivityKind.Client, "", null, 1, ActivityStatusCode.Unset),
        ]);
    }

    [Fact]
    public async Task Metrics_tell_time_bytes_and_attempts_by_operation_and_failure()
    {
        using var storage = await OpenAsync();
        var seen = new ConcurrentQueue<(string Name, string? Operation, double Value, string? Failure)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, me) =>
            {
                if (instrument.Meter.Name == StorageTelemetry.SourceName)
                    me.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Take(instrument, double.NaN, tags));
        listener.Start();
        await storage.PutAsync("k", new byte[3], "text/plain", Ct);
        await Should.ThrowAsync<StorageException>(() => storage.GetAsync("absent", Ct));

        seen.ShouldBe([
            ("storage.attempts", "put", 1, null),
            ("storage.bytes", "put", 3, null),
            ("storage.operation.duration", "put", double.NaN, null),
            ("storage.attempts", "get", 1, null),
            ("storage.operation.duration", "get", double.NaN, "NotFound"),
        ]);

        void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var named = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string?)tag.Value);
            if (named["aws.s3.bucket"] == storage.Options.Bucket)
                seen.Enqueue((instrument.Name, named["storage.operation"], value, named.GetValueOrDefault("error.type")));
        }
    }

    private Task<ObjectStorage> OpenAsync() => server.OpenAsync($"t{Guid.NewGuid():n}");
}
