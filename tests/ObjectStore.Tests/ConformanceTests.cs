using System.Text;
using Maskwright.Artifacts;

namespace Maskwright.ObjectStore.Tests;

/// <summary>What this project relies on, the same against every server.</summary>
/// <param name="options">The server.</param>
public abstract class ConformanceTests(StorageOptions options)
{
    private const string Text = "text/plain";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_comes_back_as_it_was_put()
    {
        using var storage = await OpenAsync();
        var body = "hello"u8.ToArray();
        await storage.PutAsync("plain/hello.txt", body, Text, Ct);

        (await storage.GetAsync("plain/hello.txt", Ct)).ShouldBe(body);
        var info = (await storage.StatAsync("plain/hello.txt", Ct)).ShouldNotBeNull();
        info.Size.ShouldBe(5);
        info.ETag.ShouldBe("5d41402abc4b2a76b9719d911017c592");
        info.LastModified.ShouldBeInRange(TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow().AddMinutes(1));
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        using var storage = await OpenAsync();
        await storage.PutAsync("empty", ReadOnlyMemory<byte>.Empty, Text, Ct);
        (await storage.GetAsync("empty", Ct)).ShouldBeEmpty();
        (await storage.StatAsync("empty", Ct)).ShouldNotBeNull().Size.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_absent_is_told_apart_from_what_fails()
    {
        using var storage = await OpenAsync();
        (await storage.StatAsync("nowhere", Ct)).ShouldBeNull();
        (await storage.TryGetAsync("nowhere", Ct)).ShouldBeNull();
        await storage.DeleteAsync("nowhere", Ct);
        var error = await Should.ThrowAsync<StorageException>(() => storage.GetAsync("nowhere", Ct));
        error.Kind.ShouldBe(StorageFailure.NotFound);
        error.Message.ShouldContain("test-bucket/nowhere");
    }

    [Fact]
    public async Task A_missing_bucket_is_named()
    {
        using var storage = new ObjectStorage(options with { Bucket = "no-such-bucket" });
        foreach (var call in new Func<Task>[]
        {
            () => storage.GetAsync("k", Ct),
            () => storage.TryGetAsync("k", Ct),
            () => storage.StatAsync("k", Ct),
            () => storage.PutAsync("k", "x"u8.ToArray(), Text, Ct),
            () => storage.DeleteAsync("k", Ct),
            async () => await storage.ListAsync("", Ct).ToListAsync(Ct),
        })
        {
            var error = await Should.ThrowAsync<StorageException>(call);
            error.Kind.ShouldBe(StorageFailure.NotFound);
            error.Message.ShouldContain("no-such-bucket");
        }
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("a+b")]
    [InlineData("100%")]
    [InlineData("%2F%2e%2e")]
    [InlineData("ünï/çødé/日本/🦀")]
    [InlineData("quote'\"<>&;=?#[]@!$()*,:|\\")]
    [InlineData("UPPER/lower")]
    [InlineData("upper/LOWER")]
    [InlineData(".hidden/..x/x../a.b.")]
    [InlineData("~tilde^`{}")]
    public async Task Odd_keys_stay_what_they_are(string key)
    {
        using var storage = await OpenAsync("odd-keys");
        await storage.PutAsync("odd/" + key, Encoding.UTF8.GetBytes(key), Text, Ct);
        Encoding.UTF8.GetString(await storage.GetAsync("odd/" + key, Ct)).ShouldBe(key);
        (await storage.StatAsync("odd/" + key, Ct)).ShouldNotBeNull();
        (await storage.ListAsync("odd/" + key, Ct).Select(o => o.Key).ToListAsync(Ct)).ShouldContain("odd/" + key);
        await storage.DeletePrefixAsync("odd/" + key, Ct);
        (await storage.StatAsync("odd/" + key, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Keys_that_differ_in_case_or_unicode_form_or_are_prefixes_of_each_other_are_different_objects()
    {
        using var storage = await OpenAsync("alike-keys");
        string[] keys = ["a", "A", "a/b", "a/b/c", "é", "e\u0301", new('x', 64), new('x', 63), new string('x', 64) + "/y", new string('x', 64) + "-", new string('x', 200)];
        foreach (var key in keys)
            await storage.PutAsync(key, Encoding.UTF8.GetBytes(key), Text, Ct);
        foreach (var key in keys)
            Encoding.UTF8.GetString(await storage.GetAsync(key, Ct)).ShouldBe(key);
        (await storage.ListAsync("", Ct).Select(o => o.Key).ToListAsync(Ct)).ShouldBe(keys.OrderBy(k => Convert.ToHexString(Encoding.UTF8.GetBytes(k)), StringComparer.Ordinal));
    }

    [Fact]
    public async Task Twenty_megabytes_in_parts_come_back_whole_and_by_range()
    {
        using var storage = await OpenAsync();
        var body = Pattern(20 * 1024 * 1024 + 17);
        await storage.PutAsync("big", body, "application/octet-stream", Ct);

        Digest.OfBytes(await storage.GetAsync("big", Ct)).ShouldBe(Digest.OfBytes(body));
        (await storage.StatAsync("big", Ct)).ShouldNotBeNull().ETag.ShouldEndWith("-4");
        var at = 12 * 1024 * 1024 - 5;
        (await storage.GetRangeAsync("big", at, 10, Ct)).ShouldBe(body.AsSpan(at, 10).ToArray());
        (await storage.GetRangeAsync("big", body.Length - 3, 3, Ct)).ShouldBe(body[^3..]);
        using var copy = new MemoryStream();
        await storage.DownloadAsync("big", copy, Ct);
        Digest.OfBytes(copy.ToArray()).ShouldBe(Digest.OfBytes(body));
    }

    [Fact]
    public async Task An_upload_under_way_is_listed_and_once_thrown_away_stores_nothing()
    {
        using var storage = await OpenAsync();
        await using var source = new HeldStream(7 * 1024 * 1024);
        var putting = storage.PutAsync("under way", source, 20 * 1024 * 1024, "application/octet-stream", Ct);
        await source.Held.WaitAsync(Ct);
        var upload = (await storage.ListUploadsAsync("under", Ct).ToListAsync(Ct)).ShouldHaveSingleItem();
        upload.Key.ShouldBe("under way");
        upload.Initiated.ShouldBeInRange(TimeProvider.System.GetUtcNow().AddMinutes(-10), TimeProvider.System.GetUtcNow().AddMinutes(10));
        await storage.AbortUploadAsync(upload, Ct);
        source.Release();
        (await Should.ThrowAsync<StorageException>(() => putting)).Kind.ShouldBe(StorageFailure.NotFound);
        (await storage.StatAsync("under way", Ct)).ShouldBeNull();
        (await storage.ListUploadsAsync("", Ct).ToListAsync(Ct)).ShouldNotContain(left => left.Key == "under way");
    }

    [Fact]
    public async Task A_range_beyond_the_object_is_refused()
    {
        using var storage = await OpenAsync();
        await storage.PutAsync("short", "12345"u8.ToArray(), Text, Ct);
        (await storage.GetRangeAsync("short", 1, 3, Ct)).ShouldBe("234"u8.ToArray());
        await Should.ThrowAsync<StorageException>(() => storage.GetRangeAsync("short", 3, 5, Ct));
        await Should.ThrowAsync<StorageException>(() => storage.GetRangeAsync("short", 5, 1, Ct));
    }

    [Fact]
    public async Task Of_sixteen_writers_exactly_one_is_first()
    {
        using var storage = await OpenAsync();
        for (var round = 0; round < 5; round++)
        {
            var key = $"race/{round}";
            var bodies = Enumerable.Range(0, 16).Select(i => Encoding.UTF8.GetBytes($"writer {i}")).ToArray();
            var won = await Task.WhenAll(bodies.Select(b => storage.PutIfAbsentAsync(key, b, Text, Ct)));
            won.Count(w => w).ShouldBe(1);
            (await storage.GetAsync(key, Ct)).ShouldBe(bodies[Array.IndexOf(won, true)]);
        }
    }

    [Fact]
    public async Task A_listing_of_many_keys_pages_without_loss()
    {
        using var storage = await OpenAsync("many-keys");
        var keys = Enumerable.Range(0, 1_600).Select(i => $"l/{i % 7}/{i:0000}.txt").ToArray();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Ct },
            async (key, ct) => await storage.PutAsync(key, "x"u8.ToArray(), Text, ct));

        (await storage.ListAsync("l/", Ct).Select(o => o.Key).ToListAsync(Ct)).ShouldBe(keys.Order(StringComparer.Ordinal));
        (await storage.ListAsync("l/3/", Ct).CountAsync(Ct)).ShouldBe(keys.Count(k => k.StartsWith("l/3/", StringComparison.Ordinal)));
        (await storage.ListAsync("l/3/000", Ct).Select(o => o.Key).ToListAsync(Ct)).ShouldBe(["l/3/0003.txt"]);
        (await storage.ListAsync("zzz", Ct).CountAsync(Ct)).ShouldBe(0);

        await storage.DeletePrefixAsync("l/", Ct);
        (await storage.ListAsync("", Ct).CountAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task A_reader_sees_the_old_object_or_the_new_one_and_never_a_mix()
    {
        using var storage = await OpenAsync();
        var versions = Enumerable.Range(0, 8).Select(i => Enumerable.Repeat((byte)i, 300_000 + i * 1_000).ToArray()).ToArray();
        await storage.PutAsync("flipping", versions[0], Text, Ct);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
                await storage.PutAsync("flipping", versions[i % versions.Length], Text, Ct);
        }, Ct);
        var reads = 0;
        do
        {
            var seen = await storage.GetAsync("flipping", Ct);
            seen.Length.ShouldBe(versions[seen[0]].Length);
            seen.AsSpan().IndexOfAnyExcept(seen[0]).ShouldBe(-1);
            reads++;
        }
        while (!writing.IsCompleted);
        await writing;
        reads.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Deletes_that_empty_a_folder_never_fail_a_put_into_it()
    {
        using var storage = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            for (var i = 0; i < 50; i++)
            {
                var key = $"busy/folder/deep/{worker}";
                await storage.PutAsync(key, Encoding.UTF8.GetBytes(key), Text, Ct);
                (await storage.GetAsync(key, Ct)).ShouldBe(Encoding.UTF8.GetBytes(key));
                await storage.DeleteAsync(key, Ct);
            }
        }));
    }

    [Fact]
    public async Task A_presigned_url_needs_no_keys()
    {
        using var storage = await OpenAsync();
        await storage.PutAsync("shared/a b+c.txt", "open"u8.ToArray(), Text, Ct);
        using var http = new HttpClient();
        var url = storage.PresignGet("shared/a b+c.txt", TimeSpan.FromMinutes(1));
        var answer = await http.GetAsync(url, Ct);
        answer.EnsureSuccessStatusCode();
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(Text);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldBe("open");
    }

    [Fact]
    public async Task Wrong_keys_are_refused_with_the_settings_to_check()
    {
        foreach (var wrong in new[] { options with { SecretKey = "wrong-secret" }, options with { AccessKey = "wrong" } })
        {
            using var storage = new ObjectStorage(wrong);
            foreach (var call in new Func<Task>[] { () => storage.EnsureBucketAsync(Ct), () => storage.GetAsync("k", Ct), () => storage.PutAsync("k", "x"u8.ToArray(), Text, Ct), () => storage.StatAsync("k", Ct) })
            {
                var error = await Should.ThrowAsync<StorageException>(call);
                error.Kind.ShouldBe(StorageFailure.AccessDenied);
                error.Message.ShouldContain(options.Endpoint.Authority);
                error.Message.ShouldContain("SecretKey");
                error.ToString().ShouldNotContain("wrong-secret");
            }
        }
    }

    /// <summary>A client of a bucket that exists.</summary>
    protected async Task<ObjectStorage> OpenAsync(string bucket = "test-bucket")
    {
        var storage = new ObjectStorage(options with { Bucket = bucket });
        await storage.EnsureBucketAsync(Ct);
        return storage;
    }

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new DeterministicBytes(7).Fill(bytes);
        return bytes;
    }
}
