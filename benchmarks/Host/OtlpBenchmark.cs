using System.Diagnostics;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Maskwright.Dashboard.Otlp;
using Maskwright.Dashboard.Telemetry;
using Maskwright.Dashboard.Tests;

namespace Maskwright.Benchmarks.Host;

/// <summary>
/// Spans and log records over gRPC in batches, as the OpenTelemetry SDK sends them, both at once and as fast as they are taken;
/// the sender runs in the same process, so its work is in the figures. Fails when anything is refused or lost.
/// </summary>
internal static class OtlpBenchmark
{
    private const int Repeats = 5;
    private const int Batch = 512;

    /// <summary>As many seconds of 20,000 spans and 50,000 log records.</summary>
    private const int Seconds = 4;
    private const int SpanBatches = Seconds * 20_000 / Batch;
    private const int LogBatches = Seconds * 50_000 / Batch;
    private const int SpansPerTrace = 16;
    private const string Key = "benchmark-key-of-its-own";

    private static readonly Marshaller<byte[]> Raw = new(bytes => bytes, bytes => bytes);

    public static Benchmark Benchmark { get; } = new("host.otlp", "spans and log records taken a second, both at once, and the memory they are kept in", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        byte[][] spans = [.. Enumerable.Range(0, SpanBatches).Select(SpanBatch)];
        byte[][] logs = [.. Enumerable.Range(0, LogBatches).Select(LogBatch)];
        List<double> spanRates = [];
        List<double> logRates = [];
        List<double> memories = [];
        for (var i = 0; i <= Repeats; i++)
        {
            var store = new TelemetryStore(new TelemetryLimits { MaxLogCount = 1_000_000, MaxTraceCount = 1_000_000, MaxSpanCount = 1_000_000 });
            var any = new IPEndPoint(IPAddress.Loopback, 0);
            await using var receiver = await OtlpReceiver.StartAsync(store, any, any, Key, cancellationToken);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var rates = await Task.WhenAll(
                SendAsync(receiver.GrpcUrl, OtlpMethods.Trace.ServiceName, spans, cancellationToken),
                SendAsync(receiver.GrpcUrl, OtlpMethods.Logs.ServiceName, logs, cancellationToken));
            Check(store.Traces.Counts, SpanBatches * Batch);
            Check(store.Logs.Counts, LogBatches * Batch);
            var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
            GC.KeepAlive(store);
            if (i == 0)
                continue;
            spanRates.Add(rates[0]);
            logRates.Add(rates[1]);
            memories.Add(memory / (double)((SpanBatches + LogBatches) * Batch));
        }

        return
        [
            Row.MoreIsBetter("host.otlp/spans", Measurement.Median(spanRates), "spans/s", Repeats),
            Row.MoreIsBetter("host.otlp/logs", Measurement.Median(logRates), "records/s", Repeats),
            Row.LessIsBetter("host.otlp/memory", Measurement.Median(memories), "bytes a span or record", Repeats),
        ];
    }

    /// <returns>Spans or records a second until the last batch was acknowledged.</returns>
    private static async Task<double> SendAsync(Uri url, string service, byte[][] batches, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(url);
        var invoker = channel.CreateCallInvoker();
        var method = new Method<byte[], byte[]>(MethodType.Unary, service, "Export", Raw, Raw);
        var options = new CallOptions(new Metadata { { OtlpErrors.ApiKeyHeader, Key } }, cancellationToken: cancellationToken);
        var started = Stopwatch.GetTimestamp();
        foreach (var batch in batches)
            await invoker.AsyncUnaryCall(method, null, options, batch);
        return batches.Length * Batch / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void Check(SignalCounts counts, long sent)
    {
        if (counts != new SignalCounts(sent, sent, 0, 0))
            throw new InvalidOperationException($"Of {sent} sent there were {counts}.");
    }

    private static byte[] SpanBatch(int batch)
    {
        var traces = Enumerable.Range(0, Batch / SpansPerTrace).Select(i => (ulong)((batch * Batch / SpansPerTrace) + i + 1));
        return SampleTelemetry.Spans("service", traces.SelectMany(trace => SampleTelemetry.Trace(trace, SpansPerTrace, SampleTelemetry.Now))).ToByteArray();
    }

    private static byte[] LogBatch(int batch) => SampleTelemetry.Logs("service", Enumerable.Range(0, Batch).Select(i => SampleTelemetry.Log(
        $"Epoch {i} of run {batch} has ended with loss 0.{i}", trace: (ulong)batch + 1, span: (ulong)i + 1, attributes: [SampleTelemetry.Attribute("epoch", $"{i}"), SampleTelemetry.Attribute("run", $"run-{batch}")]))).ToByteArray();
}
