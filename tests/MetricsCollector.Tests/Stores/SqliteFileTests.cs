using Dapper;
using Microsoft.Data.Sqlite;

namespace Maskwright.MetricsCollector.Tests;

/// <summary>What becomes of files that are not as they should be, or are of an earlier version.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maskwright-metrics-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_database_of_the_first_version_is_brought_over_whole()
    {
        var path = Path.Combine(_folder, "old.db");
        await ExecuteAsync(path, $$"""
            {{RowSchema.Sql(Dialect.Sqlite)}}
            INSERT INTO runs (id, display_name, options, lineage, tags, note, status, error_message, create_time, end_time) VALUES
                ('run-1', 'first', '{"a":"1","b":"2"}', '{"dataset":"datasets/x"}', '{"team":"v"}', 'n', 3, 'broke', 7, 9),
                ('run-2', '', '{}', '{}', '{}', '', 1, '', 8, NULL);
            INSERT INTO metrics (number, run, name, points, last, minimum, maximum, last_step) VALUES
                (1, 1, 'm', 3000, 0, 0, 0, 0), (2, 2, 'm', 1, NULL, NULL, NULL, 5), (3, 2, 'empty', 0, NULL, NULL, NULL, -1);
            INSERT INTO points (metric, step, epoch, time, value)
                WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2999) SELECT 1, i, i / 100, i * 10, i % 7 FROM n;
            INSERT INTO points (metric, step, epoch, time, value) VALUES (2, 5, 1, 11, NULL);
            INSERT INTO clients (run, client, last_sequence) VALUES (1, 'trainer', 12);
            PRAGMA user_version = 1;
            """);

        await using var store = await MetricsStore.OpenSqliteAsync(path, TimeProvider.System);
        store.Damage.ShouldBeNull();
        var run = (await store.FindRunAsync("run-1", Cancel))!;
        run.Registration.Options["b"].ShouldBe("2");
        run.Registration.Lineage["dataset"].ShouldBe("datasets/x");
        run.Registration.Tags["team"].ShouldBe("v");
        (run.Registration.DisplayName, run.Registration.Note, run.Status, run.ErrorMessage).ShouldBe(("first", "n", RunStatus.Failed, "broke"));
        (run.CreateTime, run.EndTime).ShouldBe((DateTimeOffset.UnixEpoch.AddTicks(7), DateTimeOffset.UnixEpoch.AddTicks(9)));
        var summary = run.Metrics.ShouldHaveSingleItem();
        (summary.Points, summary.Last, summary.LastStep, summary.MaximumStep).ShouldBe((3000, 2999 % 7, 2999, 6));

        var points = (await store.QueryAsync("run-1", ["m"], 0, StepRange.All, Cancel))[0].Points;
        points.ShouldBe(Enumerable.Range(0, 3000).Select(i => new StoredPoint("m", i, i / 100, DateTimeOffset.UnixEpoch.AddTicks(i * 10), i % 7)));
        (await store.QueryAsync("run-2", ["m"], 0, StepRange.All, Cancel))[0].Points.ShouldHaveSingleItem().Value.ShouldBe(double.NaN);
        (await store.AppendAsync(new PointBatch("run-1", "trainer", 12, [points[0]]), Cancel)).ShouldBeFalse();
        (await store.AppendAsync(new PointBatch("run-1", "trainer", 13, [points[0]]), Cancel)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_damaged_file_is_set_aside_under_its_name_and_an_empty_one_begun()
    {
        var path = Path.Combine(_folder, "metrics.db");
        await WriteManyRunsAsync(path);
        var bytes = await File.ReadAllBytesAsync(path, Cancel);
        // The pages of the middle of the file.
        bytes.AsSpan(bytes.Length / 3, bytes.Length / 3).Fill(0xA5);
        await File.WriteAllBytesAsync(path, bytes, Cancel);

        await using (var store = await MetricsStore.OpenSqliteAsync(path, TimeProvider.System))
        {
            store.Damage!.ShouldContain(path);
            store.Damage!.ShouldContain("set aside as");
            (await store.FindRunAsync("run-1", Cancel)).ShouldBeNull();
            await store.CreateRunAsync(new NewRun { Id = "run-1" }, Cancel);
        }

        var aside = Directory.EnumerateFiles(_folder, "metrics.db.damaged-*").ShouldHaveSingleItem();
        (await File.ReadAllBytesAsync(aside, Cancel)).ShouldBe(bytes);
        await using var again = await MetricsStore.OpenSqliteAsync(path, TimeProvider.System);
        again.Damage.ShouldBeNull();
        (await again.FindRunAsync("run-1", Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_set_aside()
    {
        var path = Path.Combine(_folder, "metrics.db");
        await File.WriteAllTextAsync(path, new string('x', 8192), Cancel);
        await using var store = await MetricsStore.OpenSqliteAsync(path, TimeProvider.System);
        store.Damage!.ShouldContain("not a database");
        var aside = Directory.EnumerateFiles(_folder, "metrics.db.damaged-*").ShouldHaveSingleItem();
        (await File.ReadAllTextAsync(aside, Cancel)).ShouldBe(new string('x', 8192));
    }

    [Fact]
    public async Task A_database_of_a_later_version_or_of_another_program_is_left_alone()
    {
        await ExecuteAsync(Path.Combine(_folder, "later.db"), "PRAGMA user_version = 999");
        (await RefusedAsync(Path.Combine(_folder, "later.db"))).ShouldContain("999");
        await ExecuteAsync(Path.Combine(_folder, "other.db"), "CREATE TABLE theirs (x)");
        (await RefusedAsync(Path.Combine(_folder, "other.db"))).ShouldContain("another program");
        Directory.EnumerateFiles(_folder, "*damaged*").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_file_is_named()
    {
        (await RefusedAsync(_folder)).ShouldContain(_folder);
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Cancel);
        (await RefusedAsync(Path.Combine(file, "x.db"))).ShouldContain("Metrics__Database");
    }

    private static async Task<string> RefusedAsync(string path) =>
        (await Should.ThrowAsync<MetricsDatabaseException>(() => MetricsStore.OpenSqliteAsync(path, TimeProvider.System))).Message;

    private static async Task WriteManyRunsAsync(string path)
    {
        await using (var store = await MetricsStore.OpenSqliteAsync(path, TimeProvider.System))
        {
            for (var run = 1; run <= 20; run++)
            {
                await store.CreateRunAsync(new NewRun { Id = $"run-{run}" }, Cancel);
                var points = Enumerable.Range(0, 5_000).Select(i => new StoredPoint("m", i, 0, DateTimeOffset.UnixEpoch, i * 0.1)).ToList();
                await store.AppendAsync(new PointBatch($"run-{run}", "c", 1, points), Cancel);
            }
        }

        SqliteConnection.ClearAllPools();
    }

    private static async Task ExecuteAsync(string path, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.ExecuteAsync(sql);
    }
}
