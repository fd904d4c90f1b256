using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests.Clients;

/// <summary>Amazon's own command line.</summary>
public sealed class AwsCliTests(StoreServer server) : IClassFixture<StoreServer>
{
    private const string Program = "/usr/bin/aws";

    [Fact]
    public async Task Objects_of_1_KB_and_64_MB_come_back_and_the_large_one_goes_in_parts()
    {
        using var files = new FileTree();
        await AwsAsync("s3", "mb", "s3://aws-objects");
        foreach (var (name, length) in new[] { ("small.bin", 1024), ("large.bin", 64 * 1024 * 1024) })
        {
            var path = files.Write(name, length);
            await AwsAsync("s3", "cp", path, $"s3://aws-objects/{name}", "--only-show-errors");
            await AwsAsync("s3", "cp", $"s3://aws-objects/{name}", files.PathOf("back"), "--only-show-errors");
            FileTree.Digest(files.PathOf("back")).ShouldBe(FileTree.Digest(path));
        }

        (await AwsAsync("s3api", "head-object", "--bucket", "aws-objects", "--key", "large.bin", "--query", "ETag")).ShouldContain("-8");
        (await AwsAsync("s3", "ls", "s3://aws-objects")).ShouldContain("67108864 large.bin");
        // A copy of an object in parts reads all of them.
        await AwsAsync("s3", "cp", "s3://aws-objects/large.bin", "s3://aws-objects/copy.bin", "--only-show-errors");
        await AwsAsync("s3", "cp", "s3://aws-objects/copy.bin", files.PathOf("copy"), "--only-show-errors");
        FileTree.Digest(files.PathOf("copy")).ShouldBe(FileTree.Digest(files.PathOf("large.bin")));
        await AwsAsync("s3", "rb", "s3://aws-objects", "--force");
    }

    [Fact]
    public async Task A_tree_of_1000_files_is_synchronised_both_ways()
    {
        using var files = new FileTree();
        using var back = new FileTree();
        files.WriteTree(1000);
        await AwsAsync("s3", "mb", "s3://aws-tree");
        await AwsAsync("s3", "sync", files.Root, "s3://aws-tree/tree/", "--only-show-errors");
        await AwsAsync("s3", "sync", "s3://aws-tree/tree/", back.Root, "--only-show-errors");
        FileTree.Digests(back.Root).ShouldBe(FileTree.Digests(files.Root));
        // Nothing is left to do.
        (await AwsAsync("s3", "sync", files.Root, "s3://aws-tree/tree/")).Trim().ShouldBeEmpty();
    }

    [Fact]
    public async Task Metadata_tags_and_conditions_are_kept()
    {
        using var files = new FileTree();
        var path = files.Write("meta", 10);
        await AwsAsync("s3", "mb", "s3://aws-meta");
        await AwsAsync("s3api", "put-object", "--bucket", "aws-meta", "--key", "m", "--body", path, "--metadata", "colour=blue", "--content-type", "image/png", "--tagging", "a=1&b=two%20words");
        (await AwsAsync("s3api", "head-object", "--bucket", "aws-meta", "--key", "m", "--query", "[Metadata.colour,ContentType]", "--output", "text")).Trim().ShouldBe("blue\timage/png");
        (await AwsAsync("s3api", "get-object-tagging", "--bucket", "aws-meta", "--key", "m", "--query", "TagSet[?Key=='b'].Value", "--output", "text")).Trim().ShouldBe("two words");
        await AwsAsync("s3api", "put-object-tagging", "--bucket", "aws-meta", "--key", "m", "--tagging", "TagSet=[{Key=c,Value=3}]");
        (await AwsAsync("s3api", "get-object-tagging", "--bucket", "aws-meta", "--key", "m", "--query", "TagSet[].Key", "--output", "text")).Trim().ShouldBe("c");
        await AwsAsync("s3api", "delete-object-tagging", "--bucket", "aws-meta", "--key", "m");
        (await AwsAsync("s3api", "get-object-tagging", "--bucket", "aws-meta", "--key", "m", "--query", "length(TagSet)")).Trim().ShouldBe("0");
        await AwsAsync("s3api", "put-object", "--bucket", "aws-meta", "--key", "checked", "--body", path, "--checksum-algorithm", "CRC32");
        (await AwsAsync("s3api", "head-object", "--bucket", "aws-meta", "--key", "checked", "--checksum-mode", "ENABLED")).ShouldContain("ChecksumCRC32");
    }

    [Fact]
    public async Task A_presigned_url_opens_one_object_to_anyone()
    {
        using var files = new FileTree();
        var path = files.Write("shared", 1000);
        await AwsAsync("s3", "mb", "s3://aws-shared");
        await AwsAsync("s3", "cp", path, "s3://aws-shared/a b+c%/ü.bin", "--only-show-errors");
        var url = (await AwsAsync("s3", "presign", "s3://aws-shared/a b+c%/ü.bin", "--expires-in", "60")).Trim();
        using var http = new HttpClient();
        (await http.GetByteArrayAsync(new Uri(url), TestContext.Current.CancellationToken)).ShouldBe(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Wrong_keys_are_refused()
    {
        var (exitCode, output) = await Client.TryRunAsync(Program, Environment("wrong-secret-key"), input: null, Arguments(["s3", "ls"]));
        exitCode.ShouldNotBe(0);
        output.ShouldContain("SignatureDoesNotMatch");
    }

    private Task<string> AwsAsync(params string[] arguments)
    {
        Client.Require(Program, "awscli");
        return Client.RunAsync(Program, Environment(StoreServer.SecretKey), Arguments(arguments));
    }

    private string[] Arguments(string[] arguments) => ["--endpoint-url", server.Endpoint.GetLeftPart(UriPartial.Authority), .. arguments];

    private static Dictionary<string, string> Environment(string secretKey) => new()
    {
        ["AWS_ACCESS_KEY_ID"] = StoreServer.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = secretKey,
        ["AWS_DEFAULT_REGION"] = "us-east-1",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
        ["LC_ALL"] = "C.UTF-8",
    };
}
