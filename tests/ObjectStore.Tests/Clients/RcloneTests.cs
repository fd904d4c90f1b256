using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests.Clients;

/// <summary>rclone, which reads and writes many objects at once.</summary>
public sealed class RcloneTests(StoreServer server) : IClassFixture<StoreServer>
{
    private const string Program = "/usr/bin/rclone";

    [Fact]
    public async Task Objects_of_1_KB_and_64_MB_come_back_and_the_large_one_goes_in_parts()
    {
        using var files = new FileTree();
        using var back = new FileTree();
        files.Write("small.bin", 1024);
        files.Write("large.bin", 64 * 1024 * 1024);
        await RcloneAsync("mkdir", "store:rclone-objects");
        await RcloneAsync("copy", files.Root, "store:rclone-objects/o", "--s3-upload-cutoff", "16M", "--s3-chunk-size", "8M");
        await RcloneAsync("copy", "store:rclone-objects/o", back.Root);
        FileTree.Digests(back.Root).ShouldBe(FileTree.Digests(files.Root));
        (await RcloneAsync("size", "store:rclone-objects")).ShouldContain("Total objects: 2");
        await RcloneAsync("purge", "store:rclone-objects");
        (await RcloneAsync("lsd", "store:")).ShouldNotContain("rclone-objects");
    }

    [Fact]
    public async Task A_tree_of_1000_files_is_synchronised_both_ways_and_compares_equal()
    {
        using var files = new FileTree();
        using var back = new FileTree();
        files.WriteTree(1000);
        await RcloneAsync("mkdir", "store:rclone-tree");
        await RcloneAsync("sync", files.Root, "store:rclone-tree/tree");
        await RcloneAsync("sync", "store:rclone-tree/tree", back.Root);
        FileTree.Digests(back.Root).ShouldBe(FileTree.Digests(files.Root));
        await RcloneAsync("check", files.Root, "store:rclone-tree/tree");
        // What is gone here goes there, by one request for many.
        Directory.Delete(files.PathOf("part-1"), recursive: true);
        await RcloneAsync("sync", files.Root, "store:rclone-tree/tree");
        (await RcloneAsync("lsf", "-R", "--files-only", "store:rclone-tree/tree")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(FileTree.Digests(files.Root).Count);
    }

    [Fact]
    public async Task Wrong_keys_are_refused()
    {
        Client.Require(Program, "rclone");
        var (exitCode, output) = await Client.TryRunAsync(Program, Environment("wrong-secret-key"), input: null, "lsd", "store:", "--retries", "1", "--low-level-retries", "1");
        exitCode.ShouldNotBe(0);
        output.ShouldContain("SignatureDoesNotMatch");
    }

    private Task<string> RcloneAsync(params string[] arguments)
    {
        Client.Require(Program, "rclone");
        return Client.RunAsync(Program, Environment(StoreServer.SecretKey), ["--transfers", "8", "--retries", "1", .. arguments]);
    }

    private Dictionary<string, string> Environment(string secretKey) => new()
    {
        ["RCLONE_CONFIG"] = "/dev/null",
        ["RCLONE_CONFIG_STORE_TYPE"] = "s3",
        ["RCLONE_CONFIG_STORE_PROVIDER"] = "Other",
        ["RCLONE_CONFIG_STORE_ENDPOINT"] = server.Endpoint.GetLeftPart(UriPartial.Authority),
        ["RCLONE_CONFIG_STORE_ACCESS_KEY_ID"] = StoreServer.AccessKey,
        ["RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY"] = secretKey,
    };
}
