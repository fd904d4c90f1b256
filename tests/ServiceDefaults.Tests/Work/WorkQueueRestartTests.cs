using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Google.Rpc;
using Maskwright.Artifacts;
using Maskwright.Testing;
using Maskwright.Work.V1;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Maskwright.ServiceDefaults.Tests;

public sealed class WorkQueueRestartTests(StoreServer server) : QueueTests(server)
{
    [Fact]
    public async Task Work_that_a_stop_interrupted_is_taken_up_again_in_order()
    {
        using var storage = await OpenStorageAsync();
        var time = new FakeTimeProvider(RunningQueue.Start);
        var work = new HeldWork();
        await using (var first = await RunningQueue.OpenAsync(storage, work.RunAsync, time))
        {
            foreach (var id in new[] { "z", "m", "a" })
                await first.CreateAsync(id);
            (await work.NextStartedAsync()).ShouldBe("z");
        }

        var again = new HeldWork();
        await using var second = await RunningQueue.OpenAsync(storage, again.RunAsync, time);
        (await second.StoredAsync("m")).State.ShouldBe(State.Queued);
        foreach (var id in new[] { "z", "m", "a" })
        {
            (await again.NextStartedAsync()).ShouldBe(id);
            again.Finish(id);
            (await second.EndOfAsync($"datasets/{id}")).State.ShouldBe(State.Succeeded);
        }
    }

    [Fact]
    public async Task An_interrupted_record_says_running_until_it_is_taken_up()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        var running = await RunningQueue.OpenAsync(storage, work.RunAsync);
        await using (running)
        {
            await running.CreateAsync("a");
            await work.NextStartedAsync();
        }

        (await running.StoredAsync("a")).State.ShouldBe(State.Running);
        running.Log.Lines.ShouldContain(line => line.Message.StartsWith("datasets/a interrupted", StringComparison.Ordinal));
        running.Log.Lines.ShouldAllBe(line => line.Level < LogLevel.Error);
    }

    [Fact]
    public async Task Work_that_ends_while_the_service_stops_is_recorded_as_ended()
    {
        using var storage = await OpenStorageAsync();
        var started = new TaskCompletionSource();
        var running = await RunningQueue.OpenAsync(storage, async (_, token) =>
        {
            var stopping = new TaskCompletionSource();
            await using var _1 = token.Register(stopping.SetResult);
            started.SetResult();
            await stopping.Task;
        });
        await using (running)
        {
            await running.CreateAsync("a");
            await started.Task.OrFailAsync();
        }

        (await running.StoredAsync("a")).State.ShouldBe(State.Succeeded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"requestId":"","traceParent":null,"resource":null}""")]
    [InlineData("""{"version":1,"requestId":null,"traceParent":null,"resource":{"name":"datasets/bad","state":"STATE_QUEUED","createTime":"2026-01-01T00:00:00Z"}}""")]
    [InlineData("""{"version":1,"requestId":"","traceParent":null,"resource":{"name":"datasets/bad","state":"STATE_QUEUED"}}""")]
    [InlineData("""{"version":1,"requestId":"","traceParent":null,"resource":{"name":"datasets/bad","createTime":"2026-01-01T00:00:00Z"}}""")]
    [InlineData("""{"version":1,"requestId":"","traceParent":null,"resource":{"name":"datasets/other","state":"STATE_QUEUED","createTime":"2026-01-01T00:00:00Z"}}""")]
    [InlineData("""{"version":1,"requestId":"","traceParent":null,"resource":{"name":"datasets/bad","state":"STATE_QUEUED","createTime":"yesterday"}}""")]
    [InlineData("""{"version":1,"requestId":"","traceParent":null,"resource":{"name":"datasets/bad","state":"STATE_FAILED","createTime":"2026-01-01T00:00:00Z","error":{"code":9,"details":[{"@type":"type.googleapis.com/unheard.Of"}]}}}""")]
    [InlineData("""{"version":2,"requestId":"","traceParent":null,"resource":{"name":"datasets/bad","state":"STATE_QUEUED","createTime":"2026-01-01T00:00:00Z"}}""")]
    public async Task A_damaged_record_is_named_and_keeps_no_other_from_being_served(string damaged)
    {
        using var storage = await OpenStorageAsync();
        await using (var first = await RunningQueue.OpenAsync(storage, Immediately))
        {
            await first.CreateAsync("good");
            await first.EndOfAsync("datasets/good");
        }

        await storage.PutAsync("datasets/bad/state.json", Encoding.UTF8.GetBytes(damaged), "application/json", Ct);
        await using var second = await RunningQueue.OpenAsync(storage, Immediately);
        second.Queue.List(0, "").Page.Select(dataset => dataset.Name).ShouldBe(["datasets/good"]);
        var line = second.Log.Lines.Single(line => line.Level == LogLevel.Error);
        line.Message.ShouldContain("datasets/bad/state.json");
        line.Exception.ShouldBeOfType<InvalidDataException>().Message.ShouldContain("datasets/bad/state.json");
    }

    [Fact]
    public async Task A_record_too_large_to_be_one_is_passed_over()
    {
        using var storage = await OpenStorageAsync();
        await storage.PutAsync("datasets/huge/state.json", new byte[(64 * 1024 * 1024) + 1], "application/json", Ct);
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        running.Log.Lines.Single(line => line.Level == LogLevel.Error).Exception!.Message.ShouldContain("67108865 bytes");
        running.Queue.List(0, "").Page.ShouldBeEmpty();
    }

    [Fact]
    public async Task Other_objects_below_the_prefix_are_no_records()
    {
        using var storage = await OpenStorageAsync();
        foreach (var key in new[] { "datasets/state.json", "datasets/a/manifest.json", "datasets/a/b/state.json", "runs/a/state.json" })
            await storage.PutAsync(key, "{}"u8.ToArray(), "application/json", Ct);
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        running.Queue.List(0, "").Page.ShouldBeEmpty();
        running.Log.Lines.ShouldAllBe(line => line.Level < LogLevel.Error);
    }

    [Fact]
    public async Task While_storage_is_away_calls_say_so_by_its_address_and_they_are_served_once_it_is_there()
    {
        // Bound but not listening: connections are refused, and nobody else takes the port.
        var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = $"http://127.0.0.1:{((IPEndPoint)reserved.LocalEndPoint!).Port}";
        using var storage = new ObjectStorage(Server.Options with { Endpoint = new Uri(address) });
        var time = new TimerSignals();
        await using var late = new StoreServer { Settings = ["--urls", address] };
        await using var running = await RunningQueue.StartAsync(storage, Immediately, time);

        await CheckAllRefuseAsync();
        await running.Log.WaitForAsync("trying again");
        await CheckAllRefuseAsync();

        await time.NextTimerAsync();
        reserved.Dispose();
        await late.StartAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        await running.Log.WaitForAsync("0 records of datasets read");
        await running.CreateAsync("a");
        (await running.EndOfAsync("datasets/a")).State.ShouldBe(State.Succeeded);

        async Task CheckAllRefuseAsync()
        {
            Func<Task>[] calls =
            [
                () => running.CreateAsync("a"),
                () => running.Queue.CancelAsync("datasets/a", Ct),
                () => running.Queue.DeleteAsync("datasets/a", Ct),
                () => running.WatchToEndAsync("datasets/a"),
                () => Task.FromResult(running.Queue.Get("datasets/a")),
                () => Task.FromResult(running.Queue.List(0, "")),
            ];
            foreach (var call in calls)
            {
                var (code, reason, message) = await RefusalOfAsync(call);
                (code, reason).ShouldBe((Code.Unavailable, "STORAGE_UNREACHABLE"));
                message.ShouldContain(address);
            }
        }
    }

    // Says when something began to wait for the time.
    private sealed class TimerSignals() : FakeTimeProvider(RunningQueue.Start)
    {
        private readonly Channel<bool> _timers = Channel.CreateUnbounded<bool>();

        public Task<bool> NextTimerAsync() => _timers.Reader.ReadAsync(Ct).AsTask().OrFailAsync();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _timers.Writer.TryWrite(true);
            return timer;
        }
    }
}
