using Grpc.Core;
using Google.Rpc;
using Maskwright.Testing;
using Maskwright.Work.V1;
using Microsoft.Extensions.Time.Testing;

namespace Maskwright.ServiceDefaults.Tests;

public sealed class WorkQueueWatchTests(StoreServer server) : QueueTests(server)
{
    [Fact]
    public async Task A_watch_begins_with_a_snapshot_and_ends_with_the_work()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        await using var running = await RunningQueue.OpenAsync(storage, async (context, token) =>
        {
            await work.RunAsync(context, token);
            context.Say("half of it");
        });
        var created = await running.CreateAsync("blocks");
        await work.NextStartedAsync();
        await running.CreateAsync("a");

        await using var watch = running.Queue.WatchAsync("datasets/a", 0, Ct).GetAsyncEnumerator(Ct);
        (await watch.MoveNextAsync().AsTask().OrFailAsync()).ShouldBeTrue();
        var (snapshot, queued) = watch.Current;
        snapshot.Kind.ShouldBe(EventKind.Snapshot);
        queued.State.ShouldBe(State.Queued);
        created.State.ShouldBe(State.Queued);

        work.Finish("blocks");
        work.Finish("a");
        var seen = new List<(long Sequence, EventKind Kind, State State, string Message)>();
        while (await watch.MoveNextAsync().AsTask().OrFailAsync())
            seen.Add((watch.Current.Event.Sequence - snapshot.Sequence, watch.Current.Event.Kind, watch.Current.Resource.State, watch.Current.Event.Message));
        seen.ShouldBe([
            (1, EventKind.State, State.Running, ""),
            (2, EventKind.Message, State.Running, "half of it"),
            (3, EventKind.State, State.Succeeded, ""),
        ]);
    }

    [Fact]
    public async Task A_failure_is_told_with_its_message()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, (_, _) => throw new InvalidDataException("line 3 is cut off"));
        await running.CreateAsync("a");
        var (last, failed) = (await running.WatchToEndAsync("datasets/a"))[^1];
        failed.Error.Message.ShouldBe("line 3 is cut off");
        if (last.Kind == EventKind.State)
            last.Message.ShouldBe("line 3 is cut off");
    }

    [Fact]
    public async Task A_watch_goes_on_after_the_event_it_names()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Talk(10));
        await running.CreateAsync("a");
        long last = (await running.WatchToEndAsync("datasets/a"))[^1].Event.Sequence;

        var rest = await running.WatchToEndAsync("datasets/a", last - 3);
        rest.Select(entry => entry.Event.Sequence - last).ShouldBe([-2L, -1L, 0L]);
        rest.Select(entry => entry.Event.Message).ShouldBe(["8", "9", ""]);
        (await running.WatchToEndAsync("datasets/a", last)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(-600)]
    [InlineData(1)]
    public async Task What_is_no_longer_or_not_yet_known_is_made_up_for_by_a_snapshot(int from)
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Talk(600));
        await running.CreateAsync("a");
        long last = (await running.WatchToEndAsync("datasets/a"))[^1].Event.Sequence;

        var (happened, resource) = (await running.WatchToEndAsync("datasets/a", last + from)).ShouldHaveSingleItem();
        happened.Kind.ShouldBe(EventKind.Snapshot);
        happened.Sequence.ShouldBe(last);
        resource.State.ShouldBe(State.Succeeded);
    }

    [Fact]
    public async Task A_watch_of_what_was_deleted_meanwhile_ends()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        await using var running = await RunningQueue.OpenAsync(storage, work.RunAsync);
        await running.CreateAsync("a");
        await work.NextStartedAsync();
        await using var watch = running.Queue.WatchAsync("datasets/a", 0, Ct).GetAsyncEnumerator(Ct);
        (await watch.MoveNextAsync().AsTask().OrFailAsync()).ShouldBeTrue();

        work.Finish("a");
        await running.EndOfAsync("datasets/a");
        await running.Queue.DeleteAsync("datasets/a", Ct).OrFailAsync();

        (await watch.MoveNextAsync().AsTask().OrFailAsync()).ShouldBeTrue();
        watch.Current.Resource.State.ShouldBe(State.Succeeded);
        (await watch.MoveNextAsync().AsTask().OrFailAsync()).ShouldBeFalse();
        (await RefusalOfAsync(() => running.WatchToEndAsync("datasets/a"))).Code.ShouldBe(Code.NotFound);
    }

    [Fact]
    public async Task A_watcher_that_goes_away_does_not_stop_the_work()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        await using var running = await RunningQueue.OpenAsync(storage, work.RunAsync);
        await running.CreateAsync("a");
        await work.NextStartedAsync();
        using var call = new CancellationTokenSource();
        await using var watch = running.Queue.WatchAsync("datasets/a", 0, call.Token).GetAsyncEnumerator(Ct);
        await watch.MoveNextAsync();
        var next = watch.MoveNextAsync().AsTask();
        await call.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => next.OrFailAsync());

        work.Finish("a");
        (await running.EndOfAsync("datasets/a")).State.ShouldBe(State.Succeeded);
    }

    [Fact]
    public async Task Sequences_grow_on_across_a_restart_and_the_new_start_is_told()
    {
        using var storage = await OpenStorageAsync();
        var time = new FakeTimeProvider(RunningQueue.Start);
        var work = new HeldWork();
        long before;
        await using (var first = await RunningQueue.OpenAsync(storage, work.RunAsync, time))
        {
            await first.CreateAsync("a");
            await work.NextStartedAsync();
            await using var watch = first.Queue.WatchAsync("datasets/a", 0, Ct).GetAsyncEnumerator(Ct);
            await watch.MoveNextAsync();
            before = watch.Current.Event.Sequence;
        }

        time.Advance(TimeSpan.FromSeconds(1));
        await using var second = await RunningQueue.OpenAsync(storage, Immediately, time);
        var events = await second.WatchToEndAsync("datasets/a", before);
        events[0].Event.Kind.ShouldBe(EventKind.Snapshot);
        events.ShouldAllBe(entry => entry.Event.Sequence > before);
        long restart = RunningQueue.Start.AddSeconds(2).ToUnixTimeMilliseconds();
        var all = await second.WatchToEndAsync("datasets/a", restart);
        all[0].Event.Message.ShouldBe("The service was restarted; the work starts again.");
        all.Select(entry => entry.Resource.State).ShouldBe([State.Queued, State.Running, State.Succeeded]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_that_stops_ends_the_watching_and_says_where_to_go_on()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        await using var running = await RunningQueue.OpenAsync(storage, work.RunAsync);
        await running.CreateAsync("a");
        await work.NextStartedAsync();
        await using var watch = running.Queue.WatchAsync("datasets/a", 0, Ct).GetAsyncEnumerator(Ct);
        (await watch.MoveNextAsync().AsTask().OrFailAsync()).ShouldBeTrue();
        var sequence = watch.Current.Event.Sequence;

        var next = watch.MoveNextAsync().AsTask();
        await running.Stopping.CancelAsync().WaitAsync(TestContext.Current.CancellationToken);
        var error = await Should.ThrowAsync<RpcException>(next.OrFailAsync());
        error.StatusCode.ShouldBe(StatusCode.Unavailable);
        error.Status.Detail.ShouldContain($"after sequence {sequence}");
        work.Finish("a");
    }

    [Fact]
    public async Task Changes_tell_of_all_there_is_and_then_of_every_change_but_progress()
    {
        using var storage = await OpenStorageAsync();
        await using (var first = await RunningQueue.OpenAsync(storage, Immediately))
        {
            await first.CreateAsync("old");
            await first.EndOfAsync("datasets/old");
        }

        await using var running = await RunningQueue.OpenAsync(storage, (work, _) =>
        {
            work.Report("scan", 0, 10, "images");
            work.Say("scanned");
            return Task.CompletedTask;
        });
        await using var changes = running.Queue.ChangesAsync(Ct).GetAsyncEnumerator(Ct);
        (await NextAsync()).ShouldBe(("datasets/old", State.Succeeded, false));

        await running.CreateAsync("new");
        (await NextAsync()).ShouldBe(("datasets/new", State.Queued, false));
        (await NextAsync()).ShouldBe(("datasets/new", State.Running, false));
        (await NextAsync()).ShouldBe(("datasets/new", State.Running, true));
        (await NextAsync()).ShouldBe(("datasets/new", State.Succeeded, false));

        async Task<(string Name, State State, bool HasProgress)> NextAsync()
        {
            (await changes.MoveNextAsync().AsTask().OrFailAsync()).ShouldBeTrue();
            return (changes.Current.Name, changes.Current.State, changes.Current.Progress is not null);
        }
    }

    private static WorkHandler<DatasetResource> Talk(int lines) => (work, _) =>
    {
        for (int i = 0; i < lines; i++)
            work.Say($"{i}");
        return Task.CompletedTask;
    };
}
