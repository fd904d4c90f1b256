using Google.Rpc;
using Maskwright.Testing;
using Maskwright.Work.V1;

namespace Maskwright.ServiceDefaults.Tests;

public sealed class WorkQueueCreationTests(StoreServer server) : QueueTests(server)
{
    [Fact]
    public async Task A_creation_is_in_storage_before_it_is_answered()
    {
        using var storage = await OpenStorageAsync();
        var work = new HeldWork();
        await using var running = await RunningQueue.OpenAsync(storage, work.RunAsync);
        await running.CreateAsync("blocks");
        await work.NextStartedAsync();

        var created = await running.CreateAsync("waits");

        created.Name.ShouldBe("datasets/waits");
        created.State.ShouldBe(State.Queued);
        created.CreateTime.ToDateTimeOffset().ShouldBe(RunningQueue.Start.AddSeconds(2));
        created.ProgramVersion.ShouldBe(ServiceDefaultsExtensions.ProgramVersion);
        (await running.StoredAsync("waits")).ShouldBe(created);
        running.Queue.Get("datasets/waits").ShouldBe(created);
    }

    [Fact]
    public async Task An_empty_id_lets_the_queue_choose_one_that_tells_the_time()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        (await running.CreateAsync()).Name.ShouldMatch("^datasets/ds-20261124-101113-[a-z2-9]{4}$");
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("a/b")]
    [InlineData("1st")]
    [InlineData("line\n")]
    public async Task A_bad_id_is_refused_and_nothing_is_recorded(string id)
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        var (code, reason, message) = await RefusalOfAsync(() => running.CreateAsync(id));
        (code, reason).ShouldBe((Code.InvalidArgument, "INVALID_FIELD"));
        message.ShouldContain("1 to 63 of a-z");
        (await storage.ListAsync("datasets/", Ct).CountAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task A_taken_id_is_refused_also_after_a_restart()
    {
        using var storage = await OpenStorageAsync();
        await using (var first = await RunningQueue.OpenAsync(storage, Immediately))
        {
            await first.CreateAsync("mine");
            var (code, reason, message) = await RefusalOfAsync(() => first.CreateAsync("mine"));
            (code, reason).ShouldBe((Code.AlreadyExists, "RESOURCE_EXISTS"));
            message.ShouldContain("'datasets/mine'");
        }

        await using var second = await RunningQueue.OpenAsync(storage, Immediately);
        (await RefusalOfAsync(() => second.CreateAsync("mine"))).Code.ShouldBe(Code.AlreadyExists);
    }

    [Fact]
    public async Task A_repeated_request_id_returns_the_first_also_after_a_restart()
    {
        using var storage = await OpenStorageAsync();
        string name;
        await using (var first = await RunningQueue.OpenAsync(storage, Immediately))
        {
            name = (await first.CreateAsync(requestId: "r-1")).Name;
            (await first.CreateAsync(requestId: "r-1")).Name.ShouldBe(name);
            (await first.CreateAsync(requestId: "r-2")).Name.ShouldNotBe(name);
        }

        await using var second = await RunningQueue.OpenAsync(storage, Immediately);
        (await second.CreateAsync(requestId: "r-1")).Name.ShouldBe(name);
        second.Queue.List(0, "").Page.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Creations_of_one_request_id_at_the_same_time_make_one_resource()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        var names = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => (await running.CreateAsync(requestId: "same")).Name));
        names.Distinct().Count().ShouldBe(1);
        running.Queue.List(0, "").Page.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_id_of_more_than_64_characters_is_refused()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        var (code, _, message) = await RefusalOfAsync(() => running.CreateAsync(requestId: new string('r', 65)));
        code.ShouldBe(Code.InvalidArgument);
        message.ShouldContain("request_id: it has 65 characters");
        (await running.CreateAsync(requestId: new string('r', 64))).State.ShouldBe(State.Queued);
    }

    [Fact]
    public async Task A_caller_that_goes_away_while_its_creation_is_recorded_does_not_stop_the_work()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        using var call = new CancellationTokenSource();
        running.Log.OnLine = line =>
        {
            if (line.Message.EndsWith("queued", StringComparison.Ordinal))
                call.Cancel();
        };

        await running.Queue.CreateAsync(new DatasetResource(), "left", "", call.Token).OrFailAsync();

        call.IsCancellationRequested.ShouldBeTrue();
        (await running.EndOfAsync("datasets/left")).State.ShouldBe(State.Succeeded);
    }

    [Fact]
    public async Task A_caller_that_is_gone_before_its_turn_creates_nothing()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        await Should.ThrowAsync<OperationCanceledException>(() =>
            running.Queue.CreateAsync(new DatasetResource(), "gone", "", new CancellationToken(canceled: true)));
        running.Queue.List(0, "").Page.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_comes_newest_first_in_pages()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        foreach (var id in new[] { "b", "a", "d", "c", "e" })
            await running.CreateAsync(id);

        var pages = new List<string>();
        string token = "";
        do
        {
            var (page, next) = running.Queue.List(2, token);
            pages.Add(string.Join(' ', page.Select(dataset => dataset.Name)));
            token = next;
        }
        while (token.Length > 0);

        pages.ShouldBe(["datasets/e datasets/c", "datasets/d datasets/a", "datasets/b"]);
        running.Queue.List(5, "").NextPageToken.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_that_cannot_be_is_refused_by_the_name_of_its_field()
    {
        using var storage = await OpenStorageAsync();
        await using var running = await RunningQueue.OpenAsync(storage, Immediately);
        await running.CreateAsync("a");
        (await RefusalOfAsync(() => { running.Queue.List(0, "datasets/b"); })).ShouldBe(
            (Code.InvalidArgument, "INVALID_FIELD", "page_token: 'datasets/b' is not a token of this list, or what it stood for was deleted."));
        (await RefusalOfAsync(() => { running.Queue.List(-1, ""); })).ShouldBe((Code.InvalidArgument, "INVALID_FIELD", "page_size: -1 is below 0."));
    }
}
