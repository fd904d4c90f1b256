using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Maskwright.Datasets.Tests;

public sealed class DownloadTests : IDisposable
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(3_000_000);
    private static readonly string Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Content));

    private readonly TemporaryFolder _folder = new();
    private readonly SemaphoreSlim _moved = new(0);
    private long _have;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_fetched_once_with_progress_and_then_only_asked_about()
    {
        await using var server = await ServerAsync();
        var reports = new List<(long Done, long Total)>();
        (await FetchAsync(server, Sha256, reports)).ShouldBe(Content);
        reports[0].ShouldBe((0, Content.Length));
        reports[^1].ShouldBe((Content.Length, Content.Length));
        reports.Select(report => report.Done).ShouldBeInOrder();

        reports.Clear();
        (await FetchAsync(server, Sha256, reports)).ShouldBe(Content);
        reports.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_changed_at_its_server_is_fetched_again()
    {
        await using var server = await ServerAsync();
        await FetchAsync(server);
        server.Files["/val2014.zip"] = [1, 2, 3];
        server.Tag = "\"two\"";
        (await FetchAsync(server)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task What_is_there_serves_when_the_server_is_away()
    {
        var server = await ServerAsync();
        await FetchAsync(server);
        var url = server.Url();
        await server.DisposeAsync();
        (await FetchAsync(url)).ShouldBe(Content);
    }

    [Fact]
    public async Task A_cut_connection_is_taken_up_where_it_ended_however_often()
    {
        await using var server = await ServerAsync();
        server.Misbehave = async (request, context) =>
        {
            if (request > 3)
                return false;
            await server.CutAsync(context, from: From(context), after: 500_000);
            return true;
        };
        (await FetchAsync(server, Sha256)).ShouldBe(Content);
        server.Ranges.Count.ShouldBe(4);
        server.Ranges.First().ShouldBeEmpty();
        server.Ranges.Skip(1).ShouldAllBe(range => range.StartsWith("bytes=") && range != "bytes=0-");
    }

    [Fact]
    public async Task A_cancelled_download_goes_on_next_time()
    {
        await using var server = await ServerAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using (var cache = new DownloadCache(TimeProvider.System, _folder.Path) { FirstDelay = TimeSpan.FromMilliseconds(1) })
        {
            await Should.ThrowAsync<OperationCanceledException>(() => cache.GetAsync(
                new Uri(server.Url()),
                Sha256,
                (done, _) =>
                {
                    if (done > 1_000_000)
                        cancel.Cancel();
                },
                cancel.Token));
        }

        (await FetchAsync(server, Sha256)).ShouldBe(Content);
        server.Ranges.Count.ShouldBe(2);
        server.Ranges.Last().ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_content_that_changes_in_mid_download_is_fetched_from_the_start(bool honoursIfRange)
    {
        await using var server = await ServerAsync();
        var changed = RandomNumberGenerator.GetBytes(Content.Length);
        server.Misbehave = async (request, context) =>
        {
            if (request == 1)
            {
                await server.CutAsync(context, from: 0, after: 500_000);
                server.Files["/val2014.zip"] = changed;
                server.Tag = "\"two\"";
                return true;
            }

            if (!honoursIfRange)
                context.Request.Headers.IfRange = "";
            return false;
        };
        (await FetchAsync(server)).ShouldBe(changed);
    }

    [Fact]
    public async Task An_answer_that_begins_elsewhere_than_was_asked_for_is_not_joined_to_what_is_there()
    {
        await using var server = await ServerAsync();
        server.Misbehave = async (request, context) =>
        {
            if (request == 1)
                await server.CutAsync(context, from: 0, after: 500_000);
            else if (request == 2)
                await AnswerAsync(context, from: 0, to: Content.Length, stated: Content.Length);
            return request <= 2;
        };
        (await FetchAsync(server, Sha256)).ShouldBe(Content);
        server.Ranges.ShouldBe(["", "bytes=500000-", ""]);
    }

    [Fact]
    public async Task A_server_that_gives_less_than_was_asked_for_is_asked_for_the_rest()
    {
        await using var server = await ServerAsync();
        server.Misbehave = async (request, context) =>
        {
            if (request == 1)
                await server.CutAsync(context, from: 0, after: 500_000);
            else
                await AnswerAsync(context, From(context), Math.Min(From(context) + 900_000, Content.Length), stated: Content.Length);
            return true;
        };
        (await FetchAsync(server)).ShouldBe(Content);
        server.Ranges.ShouldBe(["", "bytes=500000-", "bytes=1400000-", "bytes=2300000-"]);
    }

    [Fact]
    public async Task A_server_that_sends_more_than_it_stated_is_named()
    {
        await using var server = await ServerAsync();
        server.Misbehave = async (request, context) =>
        {
            if (request == 1)
                await server.CutAsync(context, from: 0, after: 500_000);
            else
                await AnswerAsync(context, From(context), Content.Length, stated: Content.Length, tail: 1000);
            return true;
        };
        var error = await Should.ThrowAsync<DatasetException>(() => FetchAsync(server));
        error.Kind.ShouldBe(DatasetFailure.BadSource);
        error.Message.ShouldContain("sent more than the 3000000 bytes it had stated");
    }

    [Fact]
    public async Task Without_tag_and_time_a_cut_download_starts_anew()
    {
        await using var server = await ServerAsync();
        server.Tag = null;
        server.Misbehave = async (request, context) =>
        {
            if (request > 1)
                return false;
            await server.CutAsync(context, from: 0, after: 500_000);
            return true;
        };
        (await FetchAsync(server, Sha256)).ShouldBe(Content);
        server.Ranges.ShouldAllBe(range => range == "");
    }

    [Fact]
    public async Task A_server_that_refuses_for_a_while_is_asked_again()
    {
        await using var server = await ServerAsync();
        server.Misbehave = (request, context) =>
        {
            if (request <= 2)
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.FromResult(request <= 2);
        };
        (await FetchAsync(server, Sha256)).ShouldBe(Content);
    }

    [Fact]
    public async Task A_length_that_is_never_kept_is_named_in_the_end_and_what_came_is_kept()
    {
        await using var server = await ServerAsync();
        server.Misbehave = async (request, context) =>
        {
            var from = From(context);
            await server.CutAsync(context, from, after: from == 0 ? 1_000 : 0);
            return true;
        };
        var error = await Should.ThrowAsync<DatasetException>(() => FetchAsync(server));
        error.Kind.ShouldBe(DatasetFailure.SourceNotFound);
        error.Message.ShouldContain("tried 5 times");

        server.Misbehave = (_, _) => Task.FromResult(false);
        (await FetchAsync(server, Sha256)).ShouldBe(Content);
        server.Ranges.Last().ShouldBe("bytes=1000-");
    }

    [Fact]
    public async Task A_wrong_digest_is_named_and_the_file_removed()
    {
        await using var server = await ServerAsync();
        var error = await Should.ThrowAsync<DatasetException>(() => FetchAsync(server, new string('0', 64)));
        error.Kind.ShouldBe(DatasetFailure.BadSource);
        error.Message.ShouldContain($"has the SHA-256 {Sha256}, expected was 000000");
        Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).ShouldBe(["lock"]);
        (await FetchAsync(server, Sha256)).ShouldBe(Content);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named_without_what_is_secret_in_its_address()
    {
        await using var server = await ServerAsync();
        var error = await Should.ThrowAsync<DatasetException>(() => FetchAsync(server.Url("/nothing.zip?token=secret")));
        error.Kind.ShouldBe(DatasetFailure.SourceNotFound);
        error.Message.ShouldContain("/nothing.zip was answered with 404");
        error.Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_file_larger_than_the_disk_is_refused_before_a_byte_is_fetched()
    {
        await using var server = await ServerAsync();
        server.Misbehave = async (_, context) =>
        {
            context.Response.ContentLength = Transfer.MaxBytes - 1;
            await context.Response.Body.FlushAsync(context.RequestAborted);
            return true;
        };
        var error = await Should.ThrowAsync<DatasetException>(() => FetchAsync(server));
        error.Kind.ShouldBe(DatasetFailure.BadSource);
        error.Message.ShouldContain("free");
    }

    public void Dispose()
    {
        _folder.Dispose();
        _moved.Dispose();
    }

    private static int From(HttpContext context) =>
        context.Request.Headers.Range.ToString() is { Length: > 0 } range ? int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture) : 0;

    /// <summary>A part of the content, with bytes that do not belong to it behind.</summary>
    private static async Task AnswerAsync(HttpContext context, int from, int to, int stated, int tail = 0)
    {
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.Headers.ETag = "\"one\"";
        context.Response.Headers.ContentRange = $"bytes {from}-{to - 1}/{stated}";
        context.Response.ContentLength = to - from + tail;
        await context.Response.Body.WriteAsync(Content.AsMemory(from, to - from), context.RequestAborted);
        await context.Response.Body.WriteAsync(new byte[tail], context.RequestAborted);
    }

    private async Task<FileServer> ServerAsync()
    {
        var server = await FileServer.StartAsync();
        server.Files["/val2014.zip"] = Content;
        server.UntilReceived = async bytes =>
        {
            while (Volatile.Read(ref _have) < bytes)
                await _moved.WaitAsync(Cancellation);
        };
        return server;
    }

    private Task<byte[]> FetchAsync(FileServer server, string? sha256 = null, List<(long, long)>? reports = null) => FetchAsync(server.Url(), sha256, reports);

    private async Task<byte[]> FetchAsync(string url, string? sha256 = null, List<(long, long)>? reports = null)
    {
        using var cache = new DownloadCache(TimeProvider.System, _folder.Path) { FirstDelay = TimeSpan.FromMilliseconds(1) };
        var path = await cache.GetAsync(new Uri(url), sha256, (done, total) =>
        {
            reports?.Add((done, total));
            Volatile.Write(ref _have, done);
            _moved.Release();
        }, Cancellation);
        return await File.ReadAllBytesAsync(path, Cancellation);
    }
}
