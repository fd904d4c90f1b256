using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Maskwright.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Maskwright.Artifacts.Tests;

public sealed class StorageFailureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_storage_that_is_down_is_reported_with_its_address_and_the_cure()
    {
        using var storage = new ObjectStorage(Options(FreePort()));
        var error = await Should.ThrowAsync<StorageException>(() => storage.EnsureBucketAsync(Ct)).WaitAsync(TimeSpan.FromSeconds(10), Ct);
        error.Kind.ShouldBe(StorageFailure.Unreachable);
        error.Message.ShouldContain(storage.Options.Endpoint.Authority);
        error.Message.ShouldContain("Check that the storage service is running");
    }

    [Theory]
    [InlineData(403, StorageFailure.AccessDenied)]
    [InlineData(404, StorageFailure.NotFound)]
    [InlineData(429, StorageFailure.Unreachable)]
    [InlineData(500, StorageFailure.Other)]
    [InlineData(503, StorageFailure.Unreachable)]
    [InlineData(507, StorageFailure.Full)]
    public async Task An_error_without_a_body_is_named_by_its_status(int status, StorageFailure kind)
    {
        await using var server = await StubAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        (await Should.ThrowAsync<StorageException>(() => storage.PutAsync("k", "x"u8.ToArray(), "text/plain", Ct))).Kind.ShouldBe(kind);
        (await Should.ThrowAsync<StorageException>(() => storage.GetAsync("k", Ct))).Kind.ShouldBe(kind);
        (await Should.ThrowAsync<StorageException>(async () => await storage.ListAsync("k", Ct).ToListAsync(Ct))).Kind.ShouldBe(kind);
        if (kind != StorageFailure.NotFound)
            (await Should.ThrowAsync<StorageException>(() => storage.StatAsync("k", Ct))).Kind.ShouldBe(kind);
    }

    [Fact]
    public async Task An_error_page_that_is_no_s3_xml_is_named_by_its_status()
    {
        await using var server = await StubAsync(context =>
        {
            context.Response.StatusCode = 403;
            return context.Response.WriteAsync("<html><body>proxy says <b>no</body>", Ct);
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        (await Should.ThrowAsync<StorageException>(() => storage.PutAsync("k", "x"u8.ToArray(), "text/plain", Ct))).Kind.ShouldBe(StorageFailure.AccessDenied);
    }

    [Fact]
    public async Task An_error_without_a_message_is_named_by_its_code()
    {
        await using var server = await StubAsync(context =>
        {
            context.Response.StatusCode = 400;
            return context.Request.Method == "HEAD" ? Task.CompletedTask : context.Response.WriteAsync("<Error><Code>InvalidAccessKeyId</Code></Error>", Ct);
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        foreach (var ask in (Func<Task>[])[
            () => storage.PutAsync("k", "x"u8.ToArray(), "text/plain", Ct), () => storage.GetAsync("k", Ct), () => storage.DeleteAsync("k", Ct), async () => await storage.ListAsync("k", Ct).ToListAsync(Ct)])
        {
            var error = await Should.ThrowAsync<StorageException>(ask);
            error.Kind.ShouldBe(StorageFailure.AccessDenied);
            error.Message.ShouldContain("(InvalidAccessKeyId)");
        }
    }

    [Fact]
    public async Task A_storage_that_is_busy_for_a_moment_is_asked_again()
    {
        var asked = 0;
        await using var server = await StubAsync(context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref asked) < 3 ? 503 : 200;
            context.Response.Headers.ETag = "\"t\"";
            return Task.CompletedTask;
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        await storage.PutAsync("k", "x"u8.ToArray(), "text/plain", Ct);
        asked.ShouldBe(3);
    }

    [Fact]
    public async Task A_put_if_absent_that_met_another_one_is_asked_again()
    {
        var asked = 0;
        await using var server = await StubAsync(context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref asked) == 1 ? 409 : 412;
            return Task.CompletedTask;
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        (await storage.PutIfAbsentAsync("k", "x"u8.ToArray(), "text/plain", Ct)).ShouldBeFalse();
        asked.ShouldBe(2);
    }

    [Fact]
    public async Task A_stream_that_was_read_is_never_sent_again()
    {
        var asked = 0;
        await using var server = await StubAsync(context =>
        {
            Interlocked.Increment(ref asked);
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        (await Should.ThrowAsync<StorageException>(() => storage.PutIfAbsentAsync("k", new MemoryStream(new byte[9]), 9, "text/plain", Ct))).Kind.ShouldBe(StorageFailure.Unreachable);
        asked.ShouldBe(1);
    }

    [Fact]
    public async Task A_part_that_is_lost_on_its_way_is_sent_again_and_the_object_is_whole()
    {
        var parts = new ConcurrentDictionary<string, string>();
        var tries = new ConcurrentDictionary<string, int>();
        await using var server = await StubAsync(async (context, body) =>
        {
            var number = context.Request.Query["partNumber"].ToString();
            if (context.Request.Query.ContainsKey("uploads"))
                await context.Response.WriteAsync("<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>", Ct);
            else if (context.Request.Method == "POST")
                await context.Response.WriteAsync("<CompleteMultipartUploadResult/>", Ct);
            else if (context.Request.Method == "HEAD")
                context.Response.ContentLength = 9 * 1024 * 1024;
            else if (tries.AddOrUpdate(number, 1, (_, n) => n + 1) == 1)
                context.Abort();
            else
                parts[number] = Digest.OfBytes(body);
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        var body = Enumerable.Range(0, 9 * 1024 * 1024).Select(i => (byte)(i * 7 / 3)).ToArray();
        await storage.PutAsync("k", body, "text/plain", Ct);
        parts.ShouldBe(new Dictionary<string, string> { ["1"] = Digest.OfBytes(body.AsSpan(0, 6 << 20)), ["2"] = Digest.OfBytes(body.AsSpan(6 << 20)) }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_part_that_is_refused_ends_an_upload_whose_source_still_waits_and_is_what_it_tells()
    {
        await using var server = await StubAsync(async context =>
        {
            if (context.Request.Query.ContainsKey("uploads"))
                await context.Response.WriteAsync("<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>", Ct);
            else
                context.Response.StatusCode = 403;
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        await using var source = new WaitingStream(7 * 1024 * 1024);
        (await Should.ThrowAsync<StorageException>(() => storage.PutAsync("k", source, 20 * 1024 * 1024, "text/plain", Ct))).Kind.ShouldBe(StorageFailure.AccessDenied);
    }

    [Fact]
    public async Task A_put_if_absent_whose_answer_was_lost_is_not_repeated()
    {
        var asked = 0;
        await using var server = await StubAsync(context =>
        {
            Interlocked.Increment(ref asked);
            context.Abort();
            return Task.CompletedTask;
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        (await Should.ThrowAsync<StorageException>(() => storage.PutIfAbsentAsync("k", "x"u8.ToArray(), "text/plain", Ct))).Kind.ShouldBe(StorageFailure.Unreachable);
        asked.ShouldBe(1);
    }

    [Fact]
    public async Task A_completion_that_answers_200_with_an_error_inside_is_a_failure()
    {
        var aborted = 0;
        await using var server = await StubAsync(async context =>
        {
            var query = context.Request.Query;
            if (context.Request.Method == "DELETE")
                Interlocked.Increment(ref aborted);
            else if (query.ContainsKey("uploads"))
                await context.Response.WriteAsync("<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>test-bucket</Bucket><Key>k</Key><UploadId>u1</UploadId></InitiateMultipartUploadResult>", Ct);
            else if (context.Request.Method == "POST")
                await context.Response.WriteAsync("<Error><Code>InternalError</Code><Message>lost a part</Message></Error>", Ct);
            else
                context.Response.Headers.ETag = "\"t\"";
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        var error = await Should.ThrowAsync<StorageException>(() => storage.PutAsync("k", new byte[9 * 1024 * 1024], "text/plain", Ct));
        error.Message.ShouldContain("lost a part");
        aborted.ShouldBe(1);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_completion_after_which_not_what_was_sent_is_stored_is_a_failure(int difference)
    {
        const int length = 9 * 1024 * 1024;
        await using var server = await StubAsync(async context =>
        {
            if (context.Request.Query.ContainsKey("uploads"))
                await context.Response.WriteAsync("<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>", Ct);
            else if (context.Request.Method == "POST")
                await context.Response.WriteAsync("<CompleteMultipartUploadResult/>", Ct);
            else if (context.Request.Method == "HEAD")
                context.Response.ContentLength = length + difference;
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        var said = $"{length + difference} bytes are stored after {length} were uploaded";
        (await Should.ThrowAsync<StorageException>(() => storage.PutAsync("k", new byte[length], "text/plain", Ct))).Message.ShouldContain(said);
        await using var growing = storage.OpenWrite("k", "text/plain");
        await growing.WriteAsync(new byte[length], Ct);
        (await Should.ThrowAsync<StorageException>(() => growing.CompleteAsync(new string('0', 64), Ct))).Message.ShouldContain(said);
    }

    [Fact]
    public async Task A_bucket_that_is_made_changes_nothing_of_the_region_that_is_signed_for()
    {
        var scopes = new ConcurrentQueue<string>();
        await using var server = await StubAsync(async context =>
        {
            scopes.Enqueue(context.Request.Headers.Authorization.ToString());
            if (context.Request.Method == "HEAD")
                context.Response.StatusCode = 404;
            else if (context.Request.Method == "GET")
                await context.Response.WriteAsync("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>", Ct);
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port) with { Region = "eu-central-1" });
        await storage.EnsureBucketAsync(Ct);
        (await storage.ListAsync("", Ct).ToListAsync(Ct)).ShouldBeEmpty();
        await storage.DeleteAsync("k", Ct);
        scopes.Count.ShouldBe(4);
        scopes.ShouldAllBe(scope => scope.Contains("/eu-central-1/s3/aws4_request"));
    }

    [Fact]
    public async Task A_read_that_breaks_off_goes_on_where_it_stopped()
    {
        var body = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31)).ToArray();
        var ranges = new List<string>();
        await using var server = await StubAsync(async context =>
        {
            var range = context.Request.Headers.Range.ToString();
            ranges.Add(range);
            var offset = range.Length == 0 ? 0 : int.Parse(range["bytes=".Length..].Split('-')[0]);
            context.Response.StatusCode = range.Length == 0 ? 200 : 206;
            context.Response.Headers.ETag = "\"t\"";
            context.Response.ContentLength = body.Length - offset;
            var count = ranges.Count < 3 ? 100_000 : body.Length - offset;
            await context.Response.Body.WriteAsync(body.AsMemory(offset, count), Ct);
            await context.Response.Body.FlushAsync(Ct);
            if (ranges.Count < 3)
                context.Abort();
        });
        using var storage = new ObjectStorage(Options(new Uri(server.Urls.First()).Port));
        (await storage.GetAsync("k", Ct)).ShouldBe(body);
        ranges.Count.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task An_object_larger_than_expected_is_refused_before_it_is_read()
    {
        await using var server = new StoreServer();
        await server.StartAsync();
        using var storage = await server.OpenAsync();
        await storage.PutAsync("k", new byte[1001], "text/plain", Ct);
        (await Should.ThrowAsync<StorageException>(() => storage.GetAsync("k", 1000, Ct))).Message.ShouldContain("1001 bytes");
    }

    [Fact]
    public async Task A_stream_that_ends_too_soon_stores_nothing_and_leaves_no_upload_behind()
    {
        await using var server = new StoreServer();
        await server.StartAsync();
        using var storage = await server.OpenAsync();
        foreach (var length in new[] { 10L, 40L * 1024 * 1024 })
        {
            using var half = new MemoryStream(new byte[length / 2]);
            await Should.ThrowAsync<EndOfStreamException>(() => storage.PutAsync("half", half, length, "text/plain", Ct));
            (await storage.StatAsync("half", Ct)).ShouldBeNull();
            Directory.EnumerateDirectories(Path.Combine(server.Folder, "uploads")).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a/../b")]
    [InlineData(".")]
    [InlineData("a\nb")]
    public async Task A_key_that_would_become_another_on_its_way_is_refused(string key)
    {
        using var storage = new ObjectStorage(Options(1));
        await Should.ThrowAsync<ArgumentException>(() => storage.PutAsync(key, "x"u8.ToArray(), "text/plain", Ct));
        await Should.ThrowAsync<ArgumentException>(() => storage.GetAsync(key, Ct));
    }

    /// <summary>Gives so many bytes, then waits for ever.</summary>
    private sealed class WaitingStream(int bytes) : MemoryStream
    {
        private int _given;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given >= bytes)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            _given += buffer.Length;
            return buffer.Length;
        }
    }

    private static StorageOptions Options(int port) =>
        new() { Endpoint = new Uri($"http://127.0.0.1:{port}"), AccessKey = "a", SecretKey = "secretsecret", Bucket = "test-bucket" };

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static Task<WebApplication> StubAsync(RequestDelegate answer) => StubAsync((context, _) => answer(context));

    private static async Task<WebApplication> StubAsync(Func<HttpContext, byte[], Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, Ct);
            await answer(context, body.ToArray());
        });
        await app.StartAsync(Ct);
        return app;
    }
}
