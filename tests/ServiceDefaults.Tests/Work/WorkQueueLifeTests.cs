using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Maskwright.Artifacts;
using Maskwright.Testing;
using Maskwright.Work.V1;
using Microsoft.Extensions.Logging;

namespace Maskwright.ServiceDefaults.Tests;

public sealed class WorkQueueLifeTests(StoreServer server) : QueueTests(server)
{
    [Fact]
    public async Task Work_is_done_in_the_order_of_creation_one_at_a_time()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        await using var running = await RunningQueue.OpenAsync(storage, work.RunAsync);
        foreach (var id in new[] { "c", "a", "b" })
            await running.CreateAsync(id);

        foreach (var id in new[] { "c", "a", "b" })
        {
            (await work.NextStartedAsync()).ShouldBe(id);
            running.Queue.List(0, "").Page.Count(dataset => dataset.State == State.Running).ShouldBe(1);
            work.NoneStarted.ShouldBeTrue();
            work.Finish(id);
            await running.EndOfAsync($"datasets/{id}");
        }
    }

    [Fact]
    public async Task As_much_work_runs_at_once_as_is_allowed()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        await using var running = await RunningQueue.OpenAsync(storage, work.RunAsync, concurrency: 2);
        foreach (var id in new[] { "a", "b", "c" })
            await running.CreateAsync(id);

        string[] started = [await work.NextStartedAsync(), await work.NextStartedAsync()];
        started.Order().ShouldBe(["a", "b"]);
        running.Queue.Get("datasets/c").State.ShouldBe(State.Queued);
        work.Finish("b");
        (await work.NextStartedAsync()).ShouldBe("c");
    }

    [Fact]
    public async Task Work_that_returns_has_succeeded_and_is_recorded_so()
    {
        using var storage = await OpenStorageAsync();
        var running = await RunningQueue.OpenAsync(storage, async (work, token) =>
        {
            work.Resource.State.ShouldBe(State.Running);
            work.Report("scan", 1, 2, "images");
            await work.UpdateAsync(EventKind.Message, "found", dataset => dataset.Digest = "abc", token);
        });
        await using (running)
        {
            await running.CreateAsync("a");
            var ended = await running.EndOfAsync("datasets/a");
            ended.State.ShouldBe(State.Succeeded);
            ended.Digest.ShouldBe("abc");
            ended.Progress.ShouldBeNull();
            ended.Error.ShouldBeNull();
            ended.StartTime.ShouldNotBeNull();
            ended.EndTime.ShouldNotBeNull();
        }

        (await running.StoredAsync("a")).ShouldBe(running.Queue.Get("datasets/a"));
    }

    [Fact]
    public async Task Work_that_throws_has_failed_with_the_reason_also_after_a_restart()
    {
        using var storage = await OpenStorageAsync();
        await using (var first = await RunningQueue.OpenAsync(storage, (_, _) =>
            throw RpcErrors.InvalidArgument("dataset.options.classes", "'cat' is not in the file.")))
        {
            await first.CreateAsync("a");
            CheckFailure(await first.EndOfAsync("datasets/a"));
            // Its owner can mend it: the cause is told in a line.
            var line = first.Log.Lines.Single(line => line.Level == LogLevel.Error);
            line.Message.ShouldBe("datasets/a failed: dataset.options.classes: 'cat' is not in the file.");
            line.Exception.ShouldBeNull();
        }

        await using var second = await RunningQueue.OpenAsync(storage, Immediately);
        CheckFailure(second.Queue.Get("datasets/a"));

        static void CheckFailure(DatasetResource failed)
        {
            failed.State.ShouldBe(State.Failed);
            failed.EndTime.ShouldNotBeNull();
            failed.Error.Code.ShouldBe((int)Code.InvalidArgument);
            failed.Error.GetDetail<ErrorInfo>().ShouldBe(new ErrorInfo { Reason = "INVALID_FIELD", Domain = "maskwright" });
            failed.Error.GetDetail<BadRequest>().FieldViolations.Single().Field.ShouldBe("dataset.options.classes");
        }
    }

    [Fact]
    public async Task A_defect_is_logged_with_the_place_in_the_program()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, (_, _) => throw new InvalidOperationException("a defect"));
        await running.CreateAsync("a");
        (await running.EndOfAsync("datasets/a")).State.ShouldBe(State.Failed);
        running.Log.Lines.Single(line => line.Level == LogLevel.Error).Exception.ShouldBeOfType<InvalidOperationException>().StackTrace.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_failure_with_details_that_nobody_here_knows_is_recorded_and_the_next_work_starts()
    {
        using var storage = await OpenStorageAsync();
        var foreign = new Google.Rpc.Status { Code = (int)Code.Aborted, Message = "elsewhere" };
        foreign.Details.Add(Any.Pack(new ErrorInfo { Reason = "THEIRS", Domain = "other" }));
        foreign.Details.Add(new Any { TypeUrl = "type.googleapis.com/unheard.Of" });
        var running = await RunningQueue.OpenAsync(storage, (work, _) => work.Id == "bad" ? throw foreign.ToRpcException() : Task.CompletedTask);
        await using (running)
        {
            await running.CreateAsync("bad");
            await running.CreateAsync("good");
            (await running.EndOfAsync("datasets/good")).State.ShouldBe(State.Succeeded);
        }

        var stored = await running.StoredAsync("bad");
        stored.State.ShouldBe(State.Failed);
        stored.Error.Message.ShouldBe("elsewhere");
        stored.Error.Details.Count.ShouldBe(1);
        RpcErrors.ReasonOf(stored.Error).ShouldBe("THEIRS");
    }

    [Fact]
    public async Task Queued_work_that_is_cancelled_never_starts()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        var running = await RunningQueue.OpenAsync(storage, work.RunAsync);
        await using (running)
        {
            await running.CreateAsync("a");
            await running.CreateAsync("b");
            await running.CreateAsync("c");
            await work.NextStartedAsync();

            var cancelled = await running.Queue.CancelAsync("datasets/b", Ct);
            cancelled.State.ShouldBe(State.Cancelled);
            cancelled.EndTime.ShouldNotBeNull();
            (await running.StoredAsync("b")).ShouldBe(cancelled);

            work.Finish("a");
            (await work.NextStartedAsync()).ShouldBe("c");
            running.Queue.Get("datasets/b").ShouldBe(cancelled);
        }
    }

    [Fact]
    public async Task Running_work_that_is_cancelled_stops_and_is_recorded_so()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        var running = await RunningQueue.OpenAsync(storage, work.RunAsync);
        await using (running)
        {
            await running.CreateAsync("a");
            await work.NextStartedAsync();
            await running.Queue.CancelAsync("datasets/a", Ct);
            (await running.EndOfAsync("datasets/a")).State.ShouldBe(State.Cancelled);
        }

        (await running.StoredAsync("a")).State.ShouldBe(State.Cancelled);
    }

    [Fact]
    public async Task Work_that_was_cancelled_or_has_failed_is_done_once_more_when_it_is_asked_for()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        var running = await RunningQueue.OpenAsync(storage, work.RunAsync);
        await using (running)
        {
            await running.CreateAsync("a");
            await work.NextStartedAsync();
            (await RequeueAsync()).ShouldBe((Code.FailedPrecondition, "STILL_RUNNING"));
            await running.Queue.CancelAsync("datasets/a", Ct);
            (await running.EndOfAsync("datasets/a")).State.ShouldBe(State.Cancelled);

            var queued = await running.Queue.RequeueAsync("datasets/a", resource => resource.Digest = "again", Ct);
            (queued.State, queued.StartTime, queued.EndTime, queued.Digest).ShouldBe((State.Queued, null, null, "again"));
            await work.NextStartedAsync();
            await running.Queue.CancelAsync("datasets/a", Ct);
            (await running.EndOfAsync("datasets/a")).State.ShouldBe(State.Cancelled);

            await running.Queue.RequeueAsync("datasets/a", _ => { }, Ct);
            await work.NextStartedAsync();
            work.Fail("a", new InvalidOperationException("broken"));
            (await running.EndOfAsync("datasets/a")).State.ShouldBe(State.Failed);
        }

        await using var again = await RunningQueue.OpenAsync(storage, Immediately);
        (await again.Queue.RequeueAsync("datasets/a", _ => { }, Ct)).Error.ShouldBeNull();
        (await again.EndOfAsync("datasets/a")).State.ShouldBe(State.Succeeded);
        (await RefusalOfAsync(() => again.Queue.RequeueAsync("datasets/a", _ => { }, Ct))).Reason.ShouldBe("ALREADY_SUCCEEDED");

        async Task<(Code, string)> RequeueAsync()
        {
            var (code, reason, _) = await RefusalOfAsync(() => running.Queue.RequeueAsync("datasets/a", _ => { }, Ct));
            return (code, reason);
        }
    }

    [Fact]
    public async Task What_is_to_be_done_once_more_and_cannot_be_recorded_stays_as_it_was()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, (_, _) => throw new InvalidOperationException("broken"));
        await running.CreateAsync("a");
        var failed = await running.EndOfAsync("datasets/a");
        storage.Dispose();

        await Should.ThrowAsync<Exception>(() => running.Queue.RequeueAsync("datasets/a", _ => { }, Ct));

        running.Queue.Get("datasets/a").ShouldBe(failed);
    }

    [Fact]
    public async Task What_has_ended_is_not_changed_by_a_cancellation()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        await running.CreateAsync("a");
        var ended = await running.EndOfAsync("datasets/a");
        (await running.Queue.CancelAsync("datasets/a", Ct)).ShouldBe(ended);
    }

    [Fact]
    public async Task Only_what_has_ended_is_deleted()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        await using var running = await RunningQueue.OpenAsync(storage, work.RunAsync);
        await running.CreateAsync("a");
        await work.NextStartedAsync();
        var (code, reason, message) = await RefusalOfAsync(() => running.Queue.DeleteAsync("datasets/a", Ct));
        (code, reason).ShouldBe((Code.FailedPrecondition, "STILL_RUNNING"));
        message.ShouldContain("Cancel it first");
        (await storage.StatAsync("datasets/a/state.json", Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_deletion_takes_the_manifest_first_and_leaves_no_object()
    {
        using var storage = await OpenStorageAsync();
        await storage.PutAsync("datasets/ab/state.json.other", "x"u8.ToArray(), "text/plain", Ct);
        await using var running = await RunningQueue.OpenAsync(storage, async (work, token) =>
        {
            foreach (var file in new[] { "a-first.bin", "manifest.json", "train/shard-00000.tar" })
                await storage.PutAsync($"datasets/{work.Id}/{file}", "x"u8.ToArray(), "text/plain", token);
        });
        await running.CreateAsync("a");
        await running.EndOfAsync("datasets/a");
        var deletions = new List<(string Operation, string? Key)>();
        using (var listener = DeletionsOf(storage, deletions))
            await running.Queue.DeleteAsync("datasets/a", Ct).OrFailAsync();

        deletions[0].ShouldBe(("storage delete", "datasets/a/manifest.json"));
        deletions.Count.ShouldBeGreaterThan(1);
        (await storage.ListAsync("", Ct).Select(entry => entry.Key).ToListAsync(Ct)).ShouldBe(["datasets/ab/state.json.other"]);
        (await RefusalOfAsync(() => { running.Queue.Get("datasets/a"); })).Code.ShouldBe(Code.NotFound);
        (await running.CreateAsync("a")).State.ShouldBe(State.Queued);
    }

    [Fact]
    public async Task A_deletion_right_at_the_end_is_not_undone_by_the_record_of_the_end()
    {
        using var storage = await OpenStorageAsync();
        await using (var running = await RunningQueue.OpenAsync(storage, Immediately, concurrency: 4))
        {
            for (int i = 0; i < 20; i++)
            {
                await running.CreateAsync($"d{i}");
                await running.EndOfAsync($"datasets/d{i}");
                await running.Queue.DeleteAsync($"datasets/d{i}", Ct).OrFailAsync();
            }
        }

        (await storage.ListAsync("", Ct).CountAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task A_change_that_comes_after_the_deletion_leaves_no_record_behind()
    {
        using var storage = await OpenStorageAsync();
        WorkContext<DatasetResource>? straggler = null;
        await using var running = await RunningQueue.OpenAsync(storage, (work, _) =>
        {
            straggler = work;
            return Task.CompletedTask;
        });
        await running.CreateAsync("a");
        await running.EndOfAsync("datasets/a");
        await running.Queue.DeleteAsync("datasets/a", Ct).OrFailAsync();
        await straggler!.UpdateAsync(EventKind.Message, "late", dataset => dataset.Digest = "abc", Ct).OrFailAsync();
        (await storage.ListAsync("", Ct).CountAsync(Ct)).ShouldBe(0);
    }

    [Theory]
    [InlineData("datasets/absent", Code.NotFound)]
    [InlineData("runs/a", Code.InvalidArgument)]
    [InlineData("datasets/A", Code.InvalidArgument)]
    [InlineData("", Code.InvalidArgument)]
    public async Task A_name_of_nothing_is_refused_by_every_call(string name, Code code)
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        (await RefusalOfAsync(() => { running.Queue.Get(name); })).Code.ShouldBe(code);
        (await RefusalOfAsync(() => running.Queue.CancelAsync(name, Ct))).Code.ShouldBe(code);
        (await RefusalOfAsync(() => running.Queue.DeleteAsync(name, Ct))).Code.ShouldBe(code);
        (await RefusalOfAsync(() => running.Queue.RequeueAsync(name, _ => { }, Ct))).Code.ShouldBe(code);
        (await RefusalOfAsync(() => running.WatchToEndAsync(name))).Code.ShouldBe(code);
    }

    private static ActivityListener DeletionsOf(ObjectStorage storage, List<(string Operation, string? Key)> deletions)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == StorageTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if ((string?)span.GetTagItem("aws.s3.bucket") == storage.Options.Bucket && span.OperationName.Contains("delete", StringComparison.Ordinal))
                    deletions.Add((span.OperationName, (string?)span.GetTagItem("aws.s3.key")));
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
