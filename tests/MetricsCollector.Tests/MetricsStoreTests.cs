using Microsoft.Data.Sqlite;

namespace Maskwright.MetricsCollector.Tests;

public sealed class MetricsStoreTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MetricsStore Store => _temporary.Store;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task A_registered_run_is_found_with_all_it_was_registered_with()
    {
        var run = new NewRun
        {
            Id = "night-1",
            DisplayName = "Night, first",
            Options = new Dictionary<string, string> { ["epochs"] = "15", ["batch_size"] = "8" },
            Lineage = new Dictionary<string, string> { ["dataset"] = "datasets/coco" },
            Tags = new Dictionary<string, string> { ["who"] = "Zoë" },
            Note = "two\nlines",
        };
        await Store.CreateRunAsync(run, Cancel);

        var found = Store.FindRun("night-1").ShouldNotBeNull();
        found.Registration.DisplayName.ShouldBe("Night, first");
        found.Registration.Options.ShouldBe(run.Options, ignoreOrder: true);
        found.Registration.Lineage.ShouldBe(run.Lineage);
        found.Registration.Tags.ShouldBe(run.Tags);
        found.Registration.Note.ShouldBe("two\nlines");
        found.Status.ShouldBe(RunStatus.Running);
        found.CreateTime.ShouldBe(_temporary.Time.GetUtcNow());
        found.EndTime.ShouldBeNull();
        found.Metrics.ShouldBeEmpty();
    }

    [Fact]
    public async Task Registering_a_run_again_with_the_same_options_changes_nothing()
    {
        var options = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" };
        var first = await Store.CreateRunAsync(new NewRun { Id = "run-1", Options = options, DisplayName = "first" }, Cancel);
        _temporary.Time.Advance(TimeSpan.FromHours(1));

        var reversed = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" };
        var second = await Store.CreateRunAsync(new NewRun { Id = "run-1", Options = reversed, DisplayName = "second" }, Cancel);

        second.Number.ShouldBe(first.Number);
        second.CreateTime.ShouldBe(first.CreateTime);
        second.Registration.DisplayName.ShouldBe("first");
        Store.ListRuns(10).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Registering_a_run_again_with_other_options_is_refused()
    {
        await _temporary.CreateRunAsync();
        var other = new NewRun { Id = "run-1", Options = new Dictionary<string, string> { ["a"] = "1" } };
        var error = await Should.ThrowAsync<MetricsConflictException>(() => Store.CreateRunAsync(other, Cancel));
        error.Reason.ShouldBe("RUN_HAS_OTHER_OPTIONS");
        Store.FindRun("run-1")!.Registration.Options.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_is_skipped()
    {
        await _temporary.CreateRunAsync();
        (await _temporary.AppendAsync(1, "loss", 3, 2)).ShouldBeTrue();
        (await _temporary.AppendAsync(1, "loss", 9, 9)).ShouldBeFalse();
        _temporary.Values("loss").ShouldBe([3, 2]);
    }

    [Fact]
    public async Task Sequences_are_counted_by_client_and_run()
    {
        await _temporary.CreateRunAsync();
        await _temporary.CreateRunAsync("run-2");
        await _temporary.AppendAsync(5, "loss", 1);
        var otherClient = new PointBatch("run-1", "other", 1, [_temporary.Point("loss", 1, 2)]);
        var otherRun = new PointBatch("run-2", "client", 1, [_temporary.Point("loss", 0, 3)]);
        (await Store.AppendAsync(otherClient, Cancel)).ShouldBeTrue();
        (await Store.AppendAsync(otherRun, Cancel)).ShouldBeTrue();
        (await _temporary.AppendAsync(4, "loss", 7)).ShouldBeFalse();
        _temporary.Values("loss").ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Of_two_points_for_one_step_the_one_of_the_later_batch_stays()
    {
        await _temporary.CreateRunAsync();
        await _temporary.AppendAsync(1, "loss", 1, 100, 3);
        await _temporary.AppendAsync(2, "loss", 1, 2);
        _temporary.Values("loss").ShouldBe([1, 2, 3]);
        Store.FindRun("run-1")!.Metrics.ShouldBe([new StoredSummary("loss", 3, 3, 1, 3, 2)]);
    }

    [Fact]
    public async Task Of_two_points_for_one_step_in_one_batch_the_later_stays()
    {
        await _temporary.CreateRunAsync();
        var batch = new PointBatch("run-1", "c", 1, [_temporary.Point("m", 7, 50), _temporary.Point("m", 7, 4)]);
        await Store.AppendAsync(batch, Cancel);
        Store.FindRun("run-1")!.Metrics.ShouldBe([new StoredSummary("m", 1, 4, 4, 4, 7)]);
    }

    [Fact]
    public async Task NaN_and_infinities_are_kept_and_NaN_is_left_out_of_the_extremes()
    {
        await _temporary.CreateRunAsync();
        double[] values = [1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.NaN];
        await _temporary.AppendAsync(1, "m", values);
        await _temporary.AppendAsync(2, "only-nan", double.NaN);
        _temporary.Reopen();

        _temporary.Values("m").ShouldBe(values);
        Store.FindRun("run-1")!.Metrics.ShouldBe(
        [
            new StoredSummary("m", 5, double.NaN, double.NegativeInfinity, double.PositiveInfinity, 4),
            new StoredSummary("only-nan", 1, double.NaN, double.NaN, double.NaN, 0),
        ]);
    }

    [Fact]
    public async Task A_summary_grows_with_batches_that_arrive_out_of_order()
    {
        await _temporary.CreateRunAsync();
        await Store.AppendAsync(new PointBatch("run-1", "c", 1, [_temporary.Point("m", 5, 2), _temporary.Point("m", 9, double.NaN)]), Cancel);
        await Store.AppendAsync(new PointBatch("run-1", "c", 2, [_temporary.Point("m", 1, -4), _temporary.Point("m", 2, 8)]), Cancel);
        Store.FindRun("run-1")!.Metrics.ShouldBe([new StoredSummary("m", 4, double.NaN, -4, 8, 9)]);
    }

    [Fact]
    public async Task Points_are_there_after_the_store_is_opened_again()
    {
        await _temporary.CreateRunAsync();
        await _temporary.AppendAsync(1, "val/iou/person", 0.25, 0.5);
        _temporary.Reopen();

        var series = Store.Query("run-1", [], 0).ShouldHaveSingleItem();
        series.Metric.ShouldBe("val/iou/person");
        series.Points.ShouldBe([_temporary.Point("val/iou/person", 0, 0.25), _temporary.Point("val/iou/person", 1, 0.5)]);
        (await _temporary.AppendAsync(1, "val/iou/person", 9)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_query_answers_in_the_order_asked_for_and_all_by_name_otherwise()
    {
        await _temporary.CreateRunAsync();
        await _temporary.AppendAsync(1, "b", 1);
        await _temporary.AppendAsync(2, "a", 2);
        Store.Query("run-1", [], 0).Select(series => series.Metric).ShouldBe(["a", "b"]);
        Store.Query("run-1", ["b", "none", "a"], 0).Select(series => (series.Metric, series.Points.Count))
            .ShouldBe([("b", 1), ("none", 0), ("a", 1)]);
    }

    [Fact]
    public async Task A_batch_for_a_run_that_is_not_there_is_refused()
    {
        var error = await Should.ThrowAsync<RunNotFoundException>(() => _temporary.AppendAsync(1, "m", 1));
        error.Id.ShouldBe("run-1");
    }

    [Fact]
    public async Task A_batch_with_too_many_metrics_leaves_nothing_behind()
    {
        await _temporary.CreateRunAsync();
        var points = Enumerable.Range(0, MetricsStore.MaxMetrics + 1).Select(i => _temporary.Point($"m{i}", 0, i)).ToList();
        var error = await Should.ThrowAsync<MetricsConflictException>(
            () => Store.AppendAsync(new PointBatch("run-1", "c", 1, points), Cancel));
        error.Reason.ShouldBe("TOO_MANY_METRICS");
        Store.FindRun("run-1")!.Metrics.ShouldBeEmpty();
        (await Store.AppendAsync(new PointBatch("run-1", "c", 1, [points[0]]), Cancel)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_run_ends_once()
    {
        await _temporary.CreateRunAsync();
        _temporary.Time.Advance(TimeSpan.FromMinutes(3));
        var ended = await Store.FinishRunAsync("run-1", RunStatus.Failed, "out of memory", Cancel);
        ended.Status.ShouldBe(RunStatus.Failed);
        ended.ErrorMessage.ShouldBe("out of memory");
        ended.EndTime.ShouldBe(_temporary.Time.GetUtcNow());

        _temporary.Time.Advance(TimeSpan.FromMinutes(3));
        (await Store.FinishRunAsync("run-1", RunStatus.Failed, "again", Cancel)).ErrorMessage.ShouldBe("out of memory");
        var error = await Should.ThrowAsync<MetricsConflictException>(
            () => Store.FinishRunAsync("run-1", RunStatus.Succeeded, "", Cancel));
        error.Reason.ShouldBe("RUN_HAS_ENDED");
        await Should.ThrowAsync<RunNotFoundException>(() => Store.FinishRunAsync("none", RunStatus.Succeeded, "", Cancel));
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_page_by_page()
    {
        for (var i = 1; i <= 5; i++)
            await _temporary.CreateRunAsync($"run-{i}");
        var first = Store.ListRuns(2);
        first.Select(run => run.Registration.Id).ShouldBe(["run-5", "run-4"]);
        await _temporary.CreateRunAsync("run-6");
        Store.ListRuns(10, first[1].Number).Select(run => run.Registration.Id).ShouldBe(["run-3", "run-2", "run-1"]);
    }

    [Fact]
    public async Task A_deleted_run_takes_its_points_with_it()
    {
        await _temporary.CreateRunAsync();
        await _temporary.AppendAsync(1, "m", 1, 2, 3);
        await Store.DeleteRunAsync("run-1", Cancel);
        Store.FindRun("run-1").ShouldBeNull();
        await Should.ThrowAsync<RunNotFoundException>(() => Store.DeleteRunAsync("run-1", Cancel));

        await _temporary.CreateRunAsync();
        Store.Query("run-1", [], 0).ShouldBeEmpty();
        (await _temporary.AppendAsync(1, "m", 7)).ShouldBeTrue();
        _temporary.Values("m").ShouldBe([7]);
    }

    [Fact]
    public async Task Many_clients_write_while_others_read()
    {
        await _temporary.CreateRunAsync();
        var writers = Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            for (var sequence = 1; sequence <= 10; sequence++)
            {
                var point = _temporary.Point($"m{client}", sequence, sequence);
                await Store.AppendAsync(new PointBatch("run-1", $"client-{client}", sequence, [point]), Cancel);
                Store.Query("run-1", [$"m{client}"], 0)[0].Points.Count.ShouldBe(sequence);
            }
        }));
        await Task.WhenAll(writers);
        Store.FindRun("run-1")!.Metrics.Select(metric => metric.Points).ShouldBe([10, 10, 10, 10]);
    }

    [Fact]
    public async Task A_damaged_file_is_named_with_the_cure()
    {
        var path = Path.Combine(Path.GetDirectoryName(_temporary.Path)!, "damaged.db");
        await File.WriteAllTextAsync(path, new string('x', 8192), Cancel);
        var error = Should.Throw<MetricsDatabaseException>(() => MetricsStore.Open(path, TimeProvider.System));
        error.Message.ShouldContain(path);
        error.Message.ShouldContain("damaged");
        error.Message.ShouldContain("away");
    }

    [Fact]
    public void A_database_of_a_later_version_or_of_another_program_is_left_alone()
    {
        var folder = Path.GetDirectoryName(_temporary.Path)!;
        Execute(Path.Combine(folder, "later.db"), "PRAGMA user_version = 999");
        Should.Throw<MetricsDatabaseException>(() => MetricsStore.Open(Path.Combine(folder, "later.db"), TimeProvider.System))
            .Message.ShouldContain("999");
        Execute(Path.Combine(folder, "other.db"), "CREATE TABLE theirs (x)");
        Should.Throw<MetricsDatabaseException>(() => MetricsStore.Open(Path.Combine(folder, "other.db"), TimeProvider.System))
            .Message.ShouldContain("another program");
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_named()
    {
        var folder = Path.GetDirectoryName(_temporary.Path)!;
        Should.Throw<MetricsDatabaseException>(() => MetricsStore.Open(folder, TimeProvider.System)).Message.ShouldContain(folder);
        Should.Throw<MetricsDatabaseException>(() => MetricsStore.Open(Path.Combine(_temporary.Path, "x.db"), TimeProvider.System))
            .Message.ShouldContain("Metrics__Database");
    }

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
