using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests.Clients;

/// <summary>s3cmd, which signs and lists in the older ways.</summary>
public sealed class S3CmdTests(StoreServer server) : IClassFixture<StoreServer>
{
    private const string Program = "/usr/bin/s3cmd";

    [Fact]
    public async Task Objects_of_1_KB_and_64_MB_come_back_and_the_large_one_goes_in_parts()
    {
        using var files = new FileTree();
        await S3CmdAsync("mb", "s3://s3cmd-objects");
        foreach (var (name, length) in new[] { ("small.bin", 1024), ("large.bin", 64 * 1024 * 1024) })
        {
            var path = files.Write(name, length);
            await S3CmdAsync("put", path, $"s3://s3cmd-objects/{name}", "--add-header=x-amz-meta-colour:blue");
            await S3CmdAsync("get", $"s3://s3cmd-objects/{name}", files.PathOf("back"), "--force");
            FileTree.Digest(files.PathOf("back")).ShouldBe(FileTree.Digest(path));
        }

        var info = await S3CmdAsync("info", "s3://s3cmd-objects/large.bin");
        info.ShouldContain("67108864");
        info.ShouldContain("blue");
        (await S3CmdAsync("info", "s3://s3cmd-objects")).ShouldContain("Location");
        await S3CmdAsync("cp", "s3://s3cmd-objects/small.bin", "s3://s3cmd-objects/a b+c%.bin");
        (await S3CmdAsync("ls", "s3://s3cmd-objects")).ShouldContain("s3://s3cmd-objects/a b+c%.bin");
        await S3CmdAsync("del", "--recursive", "--force", "s3://s3cmd-objects");
        await S3CmdAsync("rb", "s3://s3cmd-objects");
    }

    [Fact]
    public async Task A_tree_of_1000_files_is_synchronised_both_ways()
    {
        using var files = new FileTree();
        using var back = new FileTree();
        files.WriteTree(1000);
        await S3CmdAsync("mb", "s3://s3cmd-tree");
        await S3CmdAsync("sync", files.Root + "/", "s3://s3cmd-tree/tree/");
        await S3CmdAsync("sync", "s3://s3cmd-tree/tree/", back.Root + "/");
        FileTree.Digests(back.Root).ShouldBe(FileTree.Digests(files.Root));
    }

    [Fact]
    public async Task Wrong_keys_are_refused()
    {
        Client.Require(Program, "s3cmd");
        var (exitCode, output) = await Client.TryRunAsync(Program, Environment, input: null, Arguments("wrong-secret-key", ["ls"]));
        exitCode.ShouldNotBe(0);
        output.ShouldContain("SignatureDoesNotMatch");
    }

    private static Dictionary<string, string> Environment { get; } = new() { ["LC_ALL"] = "C.UTF-8" };

    private Task<string> S3CmdAsync(params string[] arguments)
    {
        Client.Require(Program, "s3cmd");
        return Client.RunAsync(Program, Environment, Arguments(StoreServer.SecretKey, arguments));
    }

    private string[] Arguments(string secretKey, string[] arguments) =>
    [
        "--config=/dev/null", "--no-ssl", "--no-progress", $"--host={server.Endpoint.Authority}", $"--host-bucket={server.Endpoint.Authority}",
        $"--access_key={StoreServer.AccessKey}", $"--secret_key={secretKey}", .. arguments,
    ];
}
