using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Maskwright.Metrics.V1;

namespace Maskwright.MetricsCollector.Tests;

public sealed class DiskFullTests
{
    private const int BatchPoints = 5_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_full_disk_nothing_is_lost_and_writing_goes_on_when_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync("7m");
        var filler = Path.Combine(disk.Path, "filler");
        await File.WriteAllBytesAsync(filler, new byte[5 * 1024 * 1024], Cancel);
        await using (var store = await MetricsStore.OpenSqliteAsync(Path.Combine(disk.Path, "metrics.db"), TimeProvider.System))
        {
            await store.CreateRunAsync(new NewRun { Id = "run" }, Cancel);
            var kept = 0L;
            var error = await Should.ThrowAsync<MetricsDatabaseException>(async () =>
            {
                while (true)
                {
                    await store.AppendAsync(Batch(kept + 1), Cancel);
                    kept++;
                }
            });
            error.IsFull.ShouldBeTrue();
            error.Message.ShouldContain("is full");
            kept.ShouldBeGreaterThan(3);
            await ShouldHoldAsync(store, kept);

            File.Delete(filler);
            (await store.AppendAsync(Batch(kept + 1), Cancel)).ShouldBeTrue();
            await ShouldHoldAsync(store, kept + 1);
        }

        await using var again = await MetricsStore.OpenSqliteAsync(Path.Combine(disk.Path, "metrics.db"), TimeProvider.System);
        again.Damage.ShouldBeNull();
    }

    [Fact]
    public async Task A_full_disk_is_told_to_writers_over_gRPC_while_readers_are_answered()
    {
        await using var disk = await SmallDisk.MountAsync("7m");
        var filler = Path.Combine(disk.Path, "filler");
        await File.WriteAllBytesAsync(filler, new byte[5 * 1024 * 1024], Cancel);
        await using var collector = await CollectorProcess.StartAsync(Path.Combine(disk.Path, "metrics.db"));
        await collector.Client.CreateRunAsync(new CreateRunRequest { RunId = "run", Run = new Run() }, cancellationToken: Cancel);
        var kept = 0;
        var error = await Should.ThrowAsync<RpcException>(async () =>
        {
            for (; ; kept++)
                await LogAsync(kept + 1);
        });

        error.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        error.Status.Detail.ShouldContain("is full");
        error.GetRpcStatus().ShouldNotBeNull().GetDetail<Google.Rpc.ErrorInfo>().ShouldNotBeNull();
        kept.ShouldBeGreaterThan(3);
        (await CountAsync()).ShouldBe(kept * BatchPoints);
        (await collector.Client.ListRunsAsync(new ListRunsRequest(), cancellationToken: Cancel)).Runs.Count.ShouldBe(1);

        File.Delete(filler);
        // The batch that was refused is sent again, as its writer does.
        await LogAsync(kept + 1);
        (await CountAsync()).ShouldBe((kept + 1) * BatchPoints);

        async Task LogAsync(int sequence)
        {
            var request = new LogMetricsRequest { Run = "runs/run", ClientId = "c", Sequence = sequence };
            request.Points.AddRange(Batch(sequence).Points.Select(point => new Point { Metric = point.Metric, Step = point.Step, Value = point.Value, Time = Timestamp.FromDateTimeOffset(point.Time) }));
            using var call = collector.Client.LogMetrics(cancellationToken: Cancel);
            await call.RequestStream.WriteAsync(request, Cancel);
            await call.RequestStream.CompleteAsync();
            await call;
        }

        async Task<int> CountAsync() =>
            (await collector.Client.QueryMetricsAsync(new QueryMetricsRequest { Run = "runs/run", Metrics = { "m" } }, cancellationToken: Cancel)).Series[0].Points.Count;
    }

    private static PointBatch Batch(long sequence) => new("run", "c", sequence, [.. Enumerable.Range(0, BatchPoints).Select(i =>
    {
        var step = ((sequence - 1) * BatchPoints) + i;
        return new StoredPoint("m", step, 0, DateTimeOffset.UnixEpoch.AddTicks(step * 10_007), Math.Sin(step));
    })]);

    private static async Task ShouldHoldAsync(MetricsStore store, long batches)
    {
        var points = (await store.QueryAsync("run", ["m"], 0, StepRange.All, Cancel))[0].Points;
        points.Select(point => point.Value).ShouldBe(Enumerable.Range(0, (int)batches * BatchPoints).Select(step => Math.Sin(step)));
    }
}
