using Microsoft.Extensions.Time.Testing;

namespace Maskwright.Hosting.Tests;

public sealed class ConsoleLogTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Lines_beyond_the_bound_drop_the_oldest_and_are_counted()
    {
        var log = new ConsoleLog(3, 1000, new FakeTimeProvider(Now));
        for (var i = 1; i <= 5; i++)
            log.Add($"line {i}", isError: i == 5);

        var kept = log.Snapshot();
        kept.Dropped.ShouldBe(2);
        kept.Lines.ShouldBe([new ConsoleLine(3, Now, false, "line 3"), new ConsoleLine(4, Now, false, "line 4"), new ConsoleLine(5, Now, true, "line 5")]);
    }

    [Fact]
    public void Characters_beyond_the_bound_drop_the_oldest_but_never_the_newest()
    {
        var log = new ConsoleLog(100, 10, TimeProvider.System);
        log.Add("12345", false);
        log.Add("67890", false);
        log.Snapshot().Lines.Count.ShouldBe(2);
        log.Add("1", false);
        log.Snapshot().Lines.Select(line => line.Text).ShouldBe(["67890", "1"]);
        log.Add(new string('x', 50), false);
        log.Snapshot().Lines.Single().Number.ShouldBe(4);
        log.Snapshot().Dropped.ShouldBe(3);
    }

    [Fact]
    public async Task A_watcher_gets_what_is_kept_and_then_what_comes_and_skips_what_was_dropped_meanwhile()
    {
        var log = new ConsoleLog(2, 1000, TimeProvider.System);
        log.Add("1", false);
        await using var watch = log.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        (await watch.MoveNextAsync()).ShouldBeTrue();
        watch.Current.Select(line => line.Number).ShouldBe([1]);
        var next = watch.MoveNextAsync();
        next.IsCompleted.ShouldBeFalse();
        log.Add("2", false);
        (await next).ShouldBeTrue();
        watch.Current.Select(line => line.Number).ShouldBe([2]);
        for (var i = 3; i <= 6; i++)
            log.Add("later", false);
        (await watch.MoveNextAsync()).ShouldBeTrue();
        watch.Current.Select(line => line.Number).ShouldBe([5, 6]);
    }

    [Fact]
    public async Task A_line_of_ten_megabytes_and_bytes_that_are_no_text_are_harmless()
    {
        await using var application = new SampleApplication();
        application.AddShell("client", "head -c 10485760 /dev/zero | tr '\\0' x; echo; printf 'bad \\377\\376 bytes\\n'; printf '<b>\\033[31mred\\033[0m\\033[2J</b>\\n' >&2; exec sleep 600");
        application.Start();
        await application.Output.WaitForAsync(line => line == "[client] <b>red</b>");
        await application.Output.WaitForAsync(line => line == "[client] bad \ufffd\ufffd bytes");

        var lines = application.LogOf("client").Snapshot().Lines;
        var texts = lines.Where(line => !line.IsError).Select(line => line.Text).ToArray();
        texts[0].Length.ShouldBeLessThan(LogLine.MaxLength + 50);
        texts[0].ShouldEndWith($"x … ({10_485_760 - LogLine.MaxLength} more characters)");
        texts[1].ShouldBe("bad \ufffd\ufffd bytes");
        lines.Single(line => line.IsError).Text.ShouldBe("<b>\u001b[31mred\u001b[0m</b>\u001b[0m");
    }

    [Fact]
    public async Task A_watcher_of_the_board_gets_the_latest_state_and_no_backlog()
    {
        var board = new ResourceBoard();
        board.Add(new ResourceSnapshot { Name = "a", ResourceName = "a", Type = ResourceType.Executable, State = ResourceState.Waiting, CreatedAt = Now });
        await using var watch = board.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await watch.MoveNextAsync();
        board.Update("a", snapshot => snapshot with { State = ResourceState.Starting });
        board.Update("a", snapshot => snapshot with { State = ResourceState.Running });
        await watch.MoveNextAsync();

        watch.Current.Single().State.ShouldBe(ResourceState.Running);
        watch.Current.Single().Version.ShouldBe(2);
        var next = watch.MoveNextAsync();
        board.Update("a", snapshot => snapshot);
        next.IsCompleted.ShouldBeFalse("nothing has changed");
        Should.Throw<KeyNotFoundException>(() => board.Update("b", snapshot => snapshot));
        board.Update("a", snapshot => snapshot with { Restarts = 1 });
        (await next).ShouldBeTrue();
    }
}
