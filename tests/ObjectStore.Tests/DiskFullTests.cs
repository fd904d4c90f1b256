using System.Diagnostics;
using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests;

/// <summary>A store on a real file system of 24 MB.</summary>
public sealed class DiskFullTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_told_of_and_what_was_there_is_intact()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "Mounting a small file system needs root on Linux.");
        using var folder = new TestFolder();
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder.Path);
        try
        {
            await using (var store = await StoreProcess.StartAsync(folder.Path, Ct))
            {
                using var storage = new ObjectStorage(store.Options);
                await storage.EnsureBucketAsync(Ct);
                var kept = new byte[4 * 1024 * 1024];
                new DeterministicBytes(1).Fill(kept);
                await storage.PutAsync("kept", kept, "application/octet-stream", Ct);
                var signer = new SignedRequests(store.Options.Endpoint);

                // One that says it will not fit, one that is found not to, small ones until nothing fits, a part of an upload.
                var announced = await signer.SendAsync("PUT", "/test-bucket/kept", new byte[30 * 1024 * 1024], payloadHash: "UNSIGNED-PAYLOAD");
                announced.Status.ShouldBe(507);
                announced.Body.ShouldContain("<Code>XMinioStorageFull</Code>");
                var half = new byte[12 * 1024 * 1024];
                var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => signer.SendAsync("PUT", "/test-bucket/kept", half, payloadHash: "UNSIGNED-PAYLOAD", headers: new Dictionary<string, string> { ["if-match"] = "\"never\"" })));
                both.ShouldAllBe(answer => answer.Status == 412 || answer.Status == 507);
                (int Status, string Body, HttpResponseMessage Answer) last;
                var written = 0;
                while ((last = await signer.SendAsync("PUT", $"/test-bucket/small/{written}", new byte[300_000])).Status == 200)
                    written++;
                last.Status.ShouldBe(507, last.Body);
                written.ShouldBeInRange(20, 80);
                (await Should.ThrowAsync<StorageException>(() => storage.PutAsync("another", new byte[1_000_000], "application/octet-stream", Ct))).Kind.ShouldBe(StorageFailure.Full);
                Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "tmp")).ShouldBeEmpty();

                // Everything is readable, deleting works, and room that was made can be used.
                (await storage.GetAsync("kept", Ct)).ShouldBe(kept);
                (await storage.ListAsync("small/", Ct).CountAsync(Ct)).ShouldBe(written);
                await storage.DeletePrefixAsync("small/", Ct);
                await storage.PutAsync("another", new byte[1_000_000], "application/octet-stream", Ct);
            }

            await using var again = await StoreProcess.StartAsync(folder.Path, Ct);
            using var reopened = new ObjectStorage(again.Options);
            (await reopened.ListAsync("", Ct).Select(o => o.Key).ToListAsync(Ct)).ShouldBe(["another", "kept"]);
        }
        finally
        {
            await RunAsync("umount", folder.Path);
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        process.ExitCode.ShouldBe(0, said);
    }
}
