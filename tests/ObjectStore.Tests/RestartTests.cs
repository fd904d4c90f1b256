using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests;

public sealed class RestartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_and_open_uploads_outlive_a_restart_and_half_written_files_do_not()
    {
        await using var server = new StoreServer { Settings = ["--ObjectStore:Fsync", "true"] };
        await server.StartAsync();
        string id;
        using (var storage = await server.OpenAsync("kept"))
        {
            await storage.PutAsync("a/b", "kept"u8.ToArray(), "text/plain", Ct);
            var begun = await new SignedRequests(server.Endpoint).SendAsync("POST", "/kept/upload", query: "uploads");
            id = begun.Body.Split("<UploadId>")[1].Split('<')[0];
        }

        await server.StopAsync();
        var leftover = Path.Combine(server.Folder, "tmp", "leftover");
        await File.WriteAllTextAsync(leftover, "half", Ct);
        await server.StartAsync();

        File.Exists(leftover).ShouldBeFalse();
        using var again = new ObjectStorage(server.Options with { Bucket = "kept" });
        (await again.GetAsync("a/b", Ct)).ShouldBe("kept"u8.ToArray());
        (await new SignedRequests(server.Endpoint).SendAsync("PUT", "/kept/upload", "x"u8.ToArray(), query: $"partNumber=1&uploadId={id}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_upload_whose_object_was_in_place_when_the_store_died_is_over_after_the_next_start()
    {
        await using var server = new StoreServer();
        await server.StartAsync();
        var body = new byte[8_000_000];
        new DeterministicBytes(3).Fill(body);
        using (var storage = await server.OpenAsync())
            await storage.PutAsync("whole", body, "text/plain", Ct);
        await server.StopAsync();
        // As if the process had died between the two steps that end an upload: its mark is there still.
        var id = Path.GetFileName(Directory.EnumerateDirectories(Path.Combine(server.Folder, "parts")).Single());
        await File.WriteAllBytesAsync(Path.Combine(server.Folder, "uploads", id), [], Ct);

        await server.StartAsync();

        var signer = new SignedRequests(server.Endpoint);
        (await signer.SendAsync("GET", "/test-bucket", query: "uploads")).Body.ShouldNotContain(id);
        // An end to an upload that was still open would take the object's parts away.
        (await signer.SendAsync("DELETE", "/test-bucket/whole", query: $"uploadId={id}")).Body.ShouldContain("<Code>NoSuchUpload</Code>");
        using var again = await server.OpenAsync();
        (await again.GetAsync("whole", Ct)).ShouldBe(body);
    }

    [Fact]
    public async Task An_object_larger_than_allowed_is_refused_and_the_old_one_stays()
    {
        await using var server = new StoreServer { Settings = ["--ObjectStore:MaxObjectBytes", "1000"] };
        await server.StartAsync();
        using var storage = await server.OpenAsync();
        await storage.PutAsync("k", new byte[1000], "text/plain", Ct);
        (await Should.ThrowAsync<StorageException>(() => storage.PutAsync("k", new byte[1001], "text/plain", Ct))).Message.ShouldContain("EntityTooLarge");
        (await storage.StatAsync("k", Ct))!.Size.ShouldBe(1000);
    }

    [Fact]
    public async Task Damaged_files_are_told_of_and_never_given_out()
    {
        await using var server = new StoreServer();
        await server.StartAsync();
        using var storage = await server.OpenAsync();
        await storage.PutAsync("k", new byte[100], "text/plain", Ct);
        var file = Directory.EnumerateFiles(Path.Combine(server.Folder, "buckets"), "*", SearchOption.AllDirectories).Single();
        await using (var stream = File.OpenWrite(file))
            stream.SetLength(stream.Length - 1);
        (await new SignedRequests(server.Endpoint).SendAsync("GET", "/test-bucket/k")).Body.ShouldContain("<Code>InternalError</Code>");
    }

    [Fact]
    public async Task A_damaged_object_is_left_out_of_listings_counted_by_health_and_cured_by_storing_it_again()
    {
        await using var server = new StoreServer();
        await server.StartAsync();
        using var storage = await server.OpenAsync();
        using var http = new HttpClient { BaseAddress = server.Endpoint };
        foreach (var key in new[] { "a", "b/damaged", "c" })
            await storage.PutAsync(key, new byte[100], "text/plain", Ct);
        var file = Directory.EnumerateFiles(Path.Combine(server.Folder, "buckets"), "damaged@", SearchOption.AllDirectories).Single();
        await File.WriteAllBytesAsync(file, new byte[50], Ct);

        for (var i = 0; i < 2; i++)
            (await storage.ListAsync("", Ct).Select(o => o.Key).ToListAsync(Ct)).ShouldBe(["a", "c"]);
        (await http.GetStringAsync("/health", Ct)).ShouldStartWith("Healthy, but 1 damaged files");

        await storage.PutAsync("b/damaged", new byte[70], "text/plain", Ct);
        (await storage.ListAsync("", Ct).Select(o => o.Key).ToListAsync(Ct)).ShouldBe(["a", "b/damaged", "c"]);
        (await http.GetStringAsync("/health", Ct)).ShouldBe("Healthy");
    }

    [Fact]
    public async Task Damaged_records_of_uploads_keep_no_store_from_starting_and_lose_no_parts()
    {
        await using var server = new StoreServer();
        await server.StartAsync();
        using (var storage = await server.OpenAsync())
            await storage.PutAsync("whole", new byte[20_000_000], "text/plain", Ct);
        var signer = new SignedRequests(server.Endpoint);
        (await signer.SendAsync("POST", "/test-bucket/open", query: "uploads")).Status.ShouldBe(200);
        await server.StopAsync();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(server.Folder, "parts"), "upload.json", SearchOption.AllDirectories).ToList())
            await File.WriteAllTextAsync(file, "{", Ct);

        await server.StartAsync();

        using var again = await server.OpenAsync();
        (await again.GetAsync("whole", Ct)).ShouldBe(new byte[20_000_000]);
        (await new SignedRequests(server.Endpoint).SendAsync("GET", "/test-bucket", query: "uploads")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Two_stores_never_share_a_folder()
    {
        await using var server = new StoreServer();
        await server.StartAsync();
        using var other = new DisposableApp(server.Folder);
        Should.Throw<IOException>(other.Start).Message.ShouldContain("in use by another object store");
    }

    [Fact]
    public void Keys_that_were_made_are_kept_for_the_user_alone()
    {
        var folder = Directory.CreateTempSubdirectory("maskwright-keys-").FullName;
        try
        {
            StoreCredentials first, second;
            using (var durable = new DurableFolder(folder, fsync: true))
                first = CredentialFile.Resolve(new ObjectStoreOptions(), durable);
            using (var durable = new DurableFolder(folder, fsync: true))
                second = CredentialFile.Resolve(new ObjectStoreOptions(), durable);
            second.ShouldBe(first);
            first.SecretKey.Length.ShouldBe(40);
            first.ToString().ShouldNotContain(first.SecretKey);
            if (!OperatingSystem.IsWindows())
                File.GetUnixFileMode(Path.Combine(folder, "credentials.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class DisposableApp(string folder) : IDisposable
    {
        private DurableFolder? _folder;

        internal void Start() => _folder = new DurableFolder(folder, fsync: false);

        public void Dispose() => _folder?.Dispose();
    }
}
