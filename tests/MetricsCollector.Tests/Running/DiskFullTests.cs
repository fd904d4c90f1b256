using System.Diagnostics;

namespace Maskwright.MetricsCollector.Tests;

public sealed class DiskFullTests
{
    private const int BatchPoints = 5_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_full_disk_nothing_is_lost_and_writing_goes_on_when_there_is_room()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can mount a small file system to fill.");
        var folder = Directory.CreateTempSubdirectory("maskwright-full-").FullName;
        Assert.SkipUnless(await RunAsync("mount", "-t", "tmpfs", "-o", "size=7m", "tmpfs", folder) == 0, "A small file system cannot be mounted here.");
        try
        {
            var filler = Path.Combine(folder, "filler");
            await File.WriteAllBytesAsync(filler, new byte[5 * 1024 * 1024], Cancel);
            await using (var store = await MetricsStore.OpenSqliteAsync(Path.Combine(folder, "metrics.db"), TimeProvider.System))
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

            await using var again = await MetricsStore.OpenSqliteAsync(Path.Combine(folder, "metrics.db"), TimeProvider.System);
            again.Damage.ShouldBeNull();
        }
        finally
        {
            (await RunAsync("umount", "--lazy", folder)).ShouldBe(0);
            Directory.Delete(folder);
        }
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

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        await process.WaitForExitAsync(Cancel);
        return process.ExitCode;
    }
}
