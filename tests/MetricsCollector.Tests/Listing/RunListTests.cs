namespace Maskwright.MetricsCollector.Tests;

public sealed class RunListTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, BothStores]
    public async Task Runs_are_listed_newest_first_page_by_page(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        for (var i = 1; i <= 5; i++)
        {
            test.Time.Advance(TimeSpan.FromSeconds(1));
            await test.CreateRunAsync($"run-{i}");
        }

        var first = await test.Store.ListRunsAsync(RunFilter.All, RunOrder.Newest, 2, null, Cancel);
        Ids(first).ShouldBe(["run-5", "run-4"]);
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.CreateRunAsync("run-6");
        var rest = await test.Store.ListRunsAsync(RunFilter.All, RunOrder.Newest, 3, first.Last, Cancel);
        Ids(rest).ShouldBe(["run-3", "run-2", "run-1"]);
        rest.Last.ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task Filters_choose_as_they_say(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await FillAsync(test);
        (string Filter, string[] Expected)[] cases =
        [
            ("", ["a", "b", "c", "d"]),
            ("state = succeeded", ["a", "b"]),
            ("state != SUCCEEDED", ["c", "d"]),
            ("options.epochs = 15", ["a"]),
            ("options.epochs = 15.0", ["a"]),
            ("options.epochs > 9", ["a", "b"]),
            ("options.epochs <= 15", ["a", "c"]),
            ("options.epochs != 15", ["b", "c", "d"]),
            ("options.epochs > abc", ["d"]),
            ("options.flip = true", ["a"]),
            ("options.\"two words\" : \"50%_\"", ["d"]),
            ("tags.team:*", ["a", "b"]),
            ("tags.team = Vision", ["a"]),
            ("NOT tags.team:*", ["c", "d"]),
            ("max(val/miou) > 0.6", ["a"]),
            ("min(val/loss) < 0.5 OR max(val/miou) >= 0.6", ["a", "b"]),
            ("last(val/miou) = 0.5", ["a"]),
            ("max(val/miou):*", ["a", "b"]),
            ("duration >= 60 AND duration < 61", ["b"]),
            ("NOT duration > 100", ["b", "c", "d"]),
            ("end_time > 2026-03-04", ["a", "b"]),
            ("create_time < \"2026-03-04T05:06:07Z\"", []),
            ("display_name : größe", ["a"]),
            ("id = b OR id = c", ["b", "c"]),
            ("(id = b OR id = c) AND NOT state = running", ["b"]),
            ("note : \"say \\\"hi\\\"\"", ["c"]),
            ("lineage.dataset = datasets/x", ["b"]),
            ("id = \"' OR 1=1 --\"", []),
        ];
        foreach (var (filter, expected) in cases)
        {
            var page = await test.Store.ListRunsAsync(RunFilter.Parse(filter), RunOrder.Parse("id"), 100, null, Cancel);
            Ids(page).ShouldBe(expected, customMessage: filter);
        }
    }

    [Theory, BothStores]
    public async Task Any_order_is_the_same_in_one_page_and_in_many(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await FillAsync(test);
        (string Order, string[] Expected)[] cases =
        [
            ("", ["d", "c", "b", "a"]),
            ("create_time", ["a", "b", "c", "d"]),
            ("id desc", ["d", "c", "b", "a"]),
            ("options.epochs", ["c", "a", "b", "d"]),
            ("options.epochs desc", ["d", "b", "a", "c"]),
            ("max(val/miou) desc", ["a", "b", "d", "c"]),
            ("min(val/loss)", ["b", "a", "d", "c"]),
            ("tags.team asc", ["b", "a", "d", "c"]),
            ("duration desc", ["a", "b", "d", "c"]),
            ("state", ["d", "c", "b", "a"]),
        ];
        foreach (var (text, expected) in cases)
        {
            var order = RunOrder.Parse(text);
            Ids(await test.Store.ListRunsAsync(RunFilter.All, order, 100, null, Cancel)).ShouldBe(expected, customMessage: text);
            var (paged, place) = (new List<string>(), (RunPlace?)null);
            do
            {
                var page = await test.Store.ListRunsAsync(RunFilter.All, order, 1, place, Cancel);
                paged.AddRange(Ids(page));
                place = page.Last is { } last ? PageToken.Read(PageToken.Write(last, "f", text), "f", text) : null;
            }
            while (place is not null);
            paged.ToArray().ShouldBe(expected, customMessage: text);
        }
    }

    [Theory]
    [InlineData("epochs = 1", "'epochs' is no field")]
    [InlineData("colour.x = 1", "'colour.x' is no field")]
    [InlineData("avg(m) = 1", "'avg(m)' is no field")]
    [InlineData("max(a b) = 1", "no name of a metric")]
    [InlineData("state = finished", "'finished' is no state")]
    [InlineData("state > running", "compared with = and !=")]
    [InlineData("max(m) = high", "compared with a number")]
    [InlineData("max(m) : 5", "not with ':'")]
    [InlineData("create_time > yesterday", "'yesterday' is no time")]
    [InlineData("options.a", "one of = != < <= > >= : is expected")]
    [InlineData("options.a =", "ends where a value is expected")]
    [InlineData("options.a = 1 options.b = 2", "At character 15")]
    [InlineData("(id = a", "')' is expected")]
    [InlineData("id = \"a", "not closed")]
    [InlineData("id = a AND", "the name of a field is expected")]
    public void A_filter_that_cannot_be_read_says_where(string filter, string expected) =>
        Should.Throw<RunQueryException>(() => RunFilter.Parse(filter)).Message.ShouldContain(expected, Case.Sensitive);

    [Fact]
    public void Filters_are_bounded()
    {
        Should.Throw<RunQueryException>(() => RunFilter.Parse(new string('(', 60) + "id=a" + new string(')', 60))).Message.ShouldContain("deep");
        Should.Throw<RunQueryException>(() => RunFilter.Parse(string.Concat(Enumerable.Repeat("NOT ", 60)) + "id=a")).Message.ShouldContain("deep");
        Should.Throw<RunQueryException>(() => RunFilter.Parse(string.Join(" AND ", Enumerable.Repeat("id=a", 51)))).Message.ShouldContain("more than 50");
        RunFilter.Parse(string.Join(" AND ", Enumerable.Repeat("id=a", 50))).ShouldNotBeNull();
    }

    [Fact]
    public void A_page_token_is_good_for_its_own_query_only()
    {
        var token = PageToken.Write(new RunPlace(double.PositiveInfinity, 7), "id=a", "id");
        PageToken.Read(token, "id=a", "id").ShouldBe(new RunPlace(double.PositiveInfinity, 7));
        PageToken.Read(token, "id=b", "id").ShouldBeNull();
        PageToken.Read("x", "", "").ShouldBeNull();
        PageToken.Read("bnVsbA", "", "").ShouldBeNull();
    }

    [Theory, BothStores]
    public async Task A_list_is_turned_over_by_page_and_knows_its_length(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await FillAsync(test);
        await ShouldBeAsync("", "max(val/miou) desc", 0, ["a", "b"], of: 4);
        await ShouldBeAsync("", "max(val/miou) desc", 2, ["d", "c"], of: 4);
        await ShouldBeAsync("", "max(val/miou) desc", 4, [], of: 4);
        await ShouldBeAsync("options.epochs > -5", "id", 1, ["b", "c"], of: 3);
        await ShouldBeAsync("state = succeeded", "", 0, ["b", "a"], of: 2);

        async Task ShouldBeAsync(string filter, string order, int skip, string[] expected, long of)
        {
            var slice = await test.Store.BrowseRunsAsync(RunFilter.Parse(filter), RunOrder.Parse(order), skip, 2, Cancel);
            Ids(slice.Runs).ShouldBe(expected, customMessage: $"{filter} {order} {skip}");
            slice.Total.ShouldBe(of, customMessage: filter);
            foreach (var run in slice.Runs)
                run.ShouldBeEquivalentTo(await test.RunAsync(run.Registration.Id));
        }
    }

    [Theory, BothStores]
    public async Task Runs_are_grouped_by_whatever_a_field_says(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await FillAsync(test);
        (string Field, RunGroup[] Expected)[] cases =
        [
            ("state", [new("1", 2, 2, null, null), new("2", 2, 0, 0.4, 0.7)]),
            ("lineage.dataset", [new("datasets/y", 3, 2, 0.5, 0.7), new("datasets/x", 1, 0, 0.4, 0.4)]),
            ("tags.team", [new(null, 2, 2, null, null), new("5", 1, 0, 0.4, 0.4), new("vision", 1, 0, 0.5, 0.7)]),
            ("options.flip", [new(null, 3, 2, 0.4, 0.4), new("True", 1, 0, 0.5, 0.7)]),
        ];
        foreach (var (field, expected) in cases)
            (await test.Store.GroupRunsAsync(RunFilter.All, RunField.Parse(field), "val/miou", Cancel)).ShouldBe(expected, ignoreOrder: false, customMessage: field);
        (await test.Store.GroupRunsAsync(RunFilter.Parse("options.epochs = 15"), RunField.Parse("state"), "none", Cancel)).ShouldBe([new("2", 1, 0, null, null)]);
    }

    [Theory, BothStores]
    public async Task What_runs_can_be_asked_by_is_listed(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        await FillAsync(test);
        var names = await test.Store.RunNamesAsync(Cancel);
        names.Options.ShouldBe(["epochs", "flip", "two words"]);
        names.Tags.ShouldBe(["team"]);
        names.Lineage.ShouldBe(["dataset"]);
        names.Metrics.ShouldBe(["val/loss", "val/miou"]);
    }

    private static string[] Ids(RunPage page) => Ids(page.Runs);

    private static string[] Ids(IEnumerable<StoredRun> runs) => [.. runs.Select(run => run.Registration.Id)];

    private static async Task FillAsync(TestStore test)
    {
        await AddAsync("a", "Größe", ("epochs", "15"), ("flip", "True"));
        await AddAsync("b", "", ("epochs", "30"));
        await AddAsync("c", "", ("epochs", "-2"));
        await AddAsync("d", "", ("epochs", "many"), ("two words", "is 50%_ off"));
        await test.Store.TagRunAsync("a", new Dictionary<string, string> { ["team"] = "vision" }, [], Cancel);
        await test.Store.TagRunAsync("b", new Dictionary<string, string> { ["team"] = "5" }, [], Cancel);
        await test.Store.NoteRunAsync("c", "they say \"hi\"", Cancel);
        await LogAsync("a", ("val/miou", 0.7), ("val/miou", 0.5), ("val/loss", 0.6));
        await LogAsync("b", ("val/miou", 0.4), ("val/loss", 0.2));
        test.Time.Advance(TimeSpan.FromSeconds(57));
        await test.Store.FinishRunAsync("b", RunStatus.Succeeded, "", Cancel);
        test.Time.Advance(TimeSpan.FromSeconds(100));
        await test.Store.FinishRunAsync("a", RunStatus.Succeeded, "", Cancel);

        async Task AddAsync(string id, string name, params (string Name, string Value)[] options)
        {
            var lineage = new Dictionary<string, string> { ["dataset"] = id == "b" ? "datasets/x" : "datasets/y" };
            await test.Store.CreateRunAsync(
                new NewRun { Id = id, DisplayName = name, Options = options.ToDictionary(option => option.Name, option => option.Value), Lineage = lineage }, Cancel);
            test.Time.Advance(TimeSpan.FromSeconds(1));
        }

        async Task LogAsync(string id, params (string Metric, double Value)[] points) => await test.Store.AppendAsync(
            new PointBatch(id, "c", 1, [.. points.Select((point, step) => test.Point(point.Metric, step, point.Value))]), Cancel);
    }
}
