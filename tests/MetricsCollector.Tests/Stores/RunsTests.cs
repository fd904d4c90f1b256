namespace Maskwright.MetricsCollector.Tests;

public sealed class RunsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, BothStores]
    public async Task A_run_is_kept_as_it_was_registered(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        var registered = await test.Store.CreateRunAsync(
            new NewRun
            {
                Id = "run-1",
                DisplayName = "Größe <b>1</b>",
                Options = new Dictionary<string, string> { ["epochs"] = "15", ["name"] = "'; DROP TABLE runs; --" },
                Lineage = new Dictionary<string, string> { ["dataset"] = "datasets/a" },
                Tags = new Dictionary<string, string> { ["team"] = "" },
                Note = "x\ny",
            },
            Cancel);
        await test.ReopenAsync();
        var run = await test.RunAsync();
        run.ShouldBeEquivalentTo(registered);
        run.Registration.Options["name"].ShouldBe("'; DROP TABLE runs; --");
        run.CreateTime.ShouldBe(test.Time.GetUtcNow());
        run.Status.ShouldBe(RunStatus.Running);
    }

    [Theory, BothStores]
    public async Task Registering_a_run_again_changes_nothing(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        var options = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" };
        var first = await test.Store.CreateRunAsync(new NewRun { Id = "run-1", Options = options, DisplayName = "first" }, Cancel);
        test.Time.Advance(TimeSpan.FromHours(1));
        var reversed = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" };
        var second = await test.Store.CreateRunAsync(new NewRun { Id = "run-1", Options = reversed, DisplayName = "second" }, Cancel);
        second.ShouldBeEquivalentTo(first);

        var other = new NewRun { Id = "run-1", Options = new Dictionary<string, string> { ["a"] = "1" } };
        var error = await Should.ThrowAsync<MetricsConflictException>(() => test.Store.CreateRunAsync(other, Cancel));
        error.Reason.ShouldBe("RUN_HAS_OTHER_OPTIONS");
        (await test.RunAsync()).Registration.Options.Count.ShouldBe(2);
    }

    [Theory, BothStores]
    public async Task A_run_ends_once(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        test.Time.Advance(TimeSpan.FromMinutes(3));
        var ended = await test.Store.FinishRunAsync("run-1", RunStatus.Failed, "out of memory", Cancel);
        ended.Status.ShouldBe(RunStatus.Failed);
        ended.ErrorMessage.ShouldBe("out of memory");
        ended.EndTime.ShouldBe(test.Time.GetUtcNow());

        test.Time.Advance(TimeSpan.FromMinutes(3));
        (await test.Store.FinishRunAsync("run-1", RunStatus.Failed, "again", Cancel)).ErrorMessage.ShouldBe("out of memory");
        var error = await Should.ThrowAsync<MetricsConflictException>(
            () => test.Store.FinishRunAsync("run-1", RunStatus.Succeeded, "", Cancel));
        error.Reason.ShouldBe("RUN_HAS_ENDED");
        await Should.ThrowAsync<RunNotFoundException>(() => test.Store.FinishRunAsync("none", RunStatus.Succeeded, "", Cancel));
    }

    [Theory, BothStores]
    public async Task A_run_that_did_not_succeed_can_run_again(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        await test.Store.FinishRunAsync("run-1", RunStatus.Failed, "out of memory", Cancel);

        var reopened = await test.Store.ReopenRunAsync("run-1", Cancel);
        (reopened.Status, reopened.ErrorMessage, reopened.EndTime).ShouldBe((RunStatus.Running, "", null));
        (await test.Store.ReopenRunAsync("run-1", Cancel)).Status.ShouldBe(RunStatus.Running);

        await test.Store.FinishRunAsync("run-1", RunStatus.Succeeded, "", Cancel);
        (await Should.ThrowAsync<MetricsConflictException>(() => test.Store.ReopenRunAsync("run-1", Cancel))).Reason.ShouldBe("RUN_HAS_ENDED");
        await Should.ThrowAsync<RunNotFoundException>(() => test.Store.ReopenRunAsync("none", Cancel));
    }

    [Theory, BothStores]
    public async Task What_a_run_stood_ended_before_it_ran_again_is_no_part_of_its_duration(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        for (var stretch = 0; stretch < 3; stretch++)
        {
            await test.Store.ReopenRunAsync("run-1", Cancel);
            test.Time.Advance(TimeSpan.FromMinutes(5));
            await test.Store.FinishRunAsync("run-1", RunStatus.Cancelled, "", Cancel);
            test.Time.Advance(TimeSpan.FromHours(8));
        }

        await test.ReopenAsync();
        var run = await test.RunAsync();
        run.Idle.ShouldBe(TimeSpan.FromHours(16));
        run.Ran(test.Time.GetUtcNow()).ShouldBe(TimeSpan.FromMinutes(15));
        (await CountAsync("duration = 900")).ShouldBe(1);
        (await CountAsync("duration > 900")).ShouldBe(0);

        run = await test.Store.ReopenRunAsync("run-1", Cancel);
        test.Time.Advance(TimeSpan.FromMinutes(1));
        run.Ran(test.Time.GetUtcNow()).ShouldBe(TimeSpan.FromMinutes(16));

        async Task<int> CountAsync(string filter) =>
            (await test.Store.ListRunsAsync(RunFilter.Parse(filter), RunOrder.Newest, 9, null, Cancel)).Runs.Count;
    }

    [Theory, BothStores]
    public async Task Tags_and_the_note_are_set_and_removed(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        await test.Store.TagRunAsync("run-1", new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, [], Cancel);
        var run = await test.Store.TagRunAsync("run-1", new Dictionary<string, string> { ["b"] = "3", ["c"] = "" }, ["a", "none"], Cancel);
        run.Registration.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).ShouldBe([new("b", "3"), new("c", "")]);
        (await test.Store.NoteRunAsync("run-1", "good", Cancel)).Registration.Note.ShouldBe("good");
        (await test.Store.NoteRunAsync("run-1", "", Cancel)).Registration.Note.ShouldBe("");

        var many = Enumerable.Range(0, MetricsStore.MaxAttributes).ToDictionary(i => $"t{i}", _ => "");
        var error = await Should.ThrowAsync<MetricsConflictException>(() => test.Store.TagRunAsync("run-1", many, ["b"], Cancel));
        error.Reason.ShouldBe("TOO_MANY_TAGS");
        (await test.RunAsync()).Registration.Tags.Keys.Order(StringComparer.Ordinal).ShouldBe(["b", "c"]);
        await Should.ThrowAsync<RunNotFoundException>(() => test.Store.NoteRunAsync("none", "x", Cancel));
    }

    [Theory, BothStores]
    public async Task A_deleted_run_is_gone_and_its_id_stays_taken(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        await test.CreateRunAsync("run-2");
        await test.AppendAsync(1, "m", 1, 2, 3);
        await test.Store.AddEventsAsync("run-1", new Sender("c", 1), [new StoredEvent(0, test.Time.GetUtcNow(), "info", "x")], Cancel);
        await test.Store.DeleteRunAsync("run-1", Cancel);

        (await test.Store.FindRunAsync("run-1", Cancel)).ShouldBeNull();
        await Should.ThrowAsync<RunNotFoundException>(() => test.Store.DeleteRunAsync("run-1", Cancel));
        await Should.ThrowAsync<RunNotFoundException>(() => test.AppendAsync(2, "m", 1));
        var error = await Should.ThrowAsync<MetricsConflictException>(() => test.CreateRunAsync());
        error.Reason.ShouldBe("RUN_WAS_DELETED");
        (await test.RunAsync("run-2")).Number.ShouldBeGreaterThan(0);
    }

    [Theory, BothStores]
    public async Task Events_are_kept_once_and_in_their_order(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        StoredEvent Said(string text) => new(0, test.Time.GetUtcNow(), "warning", text);
        (await test.Store.AddEventsAsync("run-1", new Sender("c", 1), [Said("a"), Said("<script>")], Cancel)).ShouldBeTrue();
        (await test.Store.AddEventsAsync("run-1", new Sender("c", 1), [Said("again")], Cancel)).ShouldBeFalse();
        (await test.Store.AddEventsAsync("run-1", new Sender("d", 1), [Said("c")], Cancel)).ShouldBeTrue();
        await test.ReopenAsync();

        var events = await test.Store.ListEventsAsync("run-1", 0, 10, Cancel);
        events.Select(line => line.Text).ShouldBe(["a", "<script>", "c"]);
        events[0].Time.ShouldBe(test.Time.GetUtcNow());
        events[0].Level.ShouldBe("warning");
        (await test.Store.ListEventsAsync("run-1", events[1].Number, 10, Cancel)).ShouldHaveSingleItem().Text.ShouldBe("c");
        (await test.Store.ListLastEventsAsync("run-1", long.MaxValue, 2, Cancel)).Select(line => line.Text).ShouldBe(["<script>", "c"]);
        (await test.Store.ListLastEventsAsync("run-1", events[1].Number, 2, Cancel)).ShouldBe([events[0]]);
        await Should.ThrowAsync<RunNotFoundException>(() => test.Store.ListEventsAsync("none", 0, 1, Cancel));
    }

    [Theory, BothStores]
    public async Task Images_are_kept_by_step_and_sample(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await test.CreateRunAsync();
        StoredImage Image(long step, string sample, string prediction) =>
            new() { Step = step, SampleKey = sample, ImageKey = "i", TruthKey = "t", PredictionKey = prediction };
        await test.Store.AddImagesAsync("run-1", new Sender("c", 1), [Image(2, "b", "p1"), Image(1, "b", "p2"), Image(1, "a", "p3")], Cancel);
        (await test.Store.AddImagesAsync("run-1", new Sender("c", 1), [Image(9, "z", "no")], Cancel)).ShouldBeFalse();
        await test.Store.AddImagesAsync("run-1", new Sender("c", 2), [Image(2, "b", "newer")], Cancel);

        (await test.Store.ListImagesAsync("run-1", null, "", null, 10, Cancel)).ShouldBe([Image(1, "a", "p3"), Image(1, "b", "p2"), Image(2, "b", "newer")]);
        (await test.Store.ListImagesAsync("run-1", 1, "", null, 10, Cancel)).Count.ShouldBe(2);
        (await test.Store.ListImagesAsync("run-1", null, "b", null, 10, Cancel)).Select(image => image.Step).ShouldBe([1, 2]);
        (await test.Store.ListImagesAsync("run-1", null, "", (1, "a"), 1, Cancel)).ShouldHaveSingleItem().SampleKey.ShouldBe("b");
    }

    [Theory, BothStores]
    public async Task Retention_finds_ended_runs_that_are_old_and_not_to_be_kept(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        foreach (var id in new[] { "old", "spared", "running", "recent" })
            await test.CreateRunAsync(id);
        await test.Store.TagRunAsync("spared", new Dictionary<string, string> { ["keep"] = "" }, [], Cancel);
        await test.Store.FinishRunAsync("old", RunStatus.Failed, "", Cancel);
        await test.Store.FinishRunAsync("spared", RunStatus.Succeeded, "", Cancel);
        test.Time.Advance(TimeSpan.FromDays(10));
        await test.Store.FinishRunAsync("recent", RunStatus.Succeeded, "", Cancel);
        (await test.Store.ExpiredRunsAsync(test.Time.GetUtcNow() - TimeSpan.FromDays(5), 10, Cancel)).ShouldBe(["old"]);
    }
}
