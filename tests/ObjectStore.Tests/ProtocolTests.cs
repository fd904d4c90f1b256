using System.Text;
using System.Xml.Linq;
using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests;

public sealed class ProtocolTests(StoreServer server) : IClassFixture<StoreServer>, IAsyncLifetime
{
    private SignedRequests Signer => new(server.Endpoint);

    public async ValueTask InitializeAsync() => (await server.OpenAsync("proto")).Dispose();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("../../escape")]
    [InlineData("../proto/x")]
    [InlineData("a/../../b")]
    [InlineData("./a")]
    [InlineData("a//b")]
    [InlineData("/leading")]
    [InlineData("trailing/")]
    [InlineData("//")]
    [InlineData("%2E%2E/%2e%2e/escape")]
    [InlineData("a%01b")]
    [InlineData("a%0Ab")]
    [InlineData("..%5C..%5Cescape")]
    public async Task A_key_is_never_a_path(string sent)
    {
        var path = Canonical("/proto/" + sent);
        var before = Outside();
        (await Signer.SendAsync("PUT", path, Encoding.UTF8.GetBytes(sent))).Status.ShouldBe(200);

        Outside().ShouldBe(before);
        (await Signer.SendAsync("GET", path)).Body.ShouldBe(sent);
        var listed = await Signer.SendAsync("GET", "/proto", query: "encoding-type=url&list-type=2");
        XDocument.Parse(listed.Body).Descendants().Where(e => e.Name.LocalName == "Key").Select(e => e.Value).ShouldContain(path["/proto/".Length..]);
        (await Signer.SendAsync("DELETE", path)).Status.ShouldBe(204);
        (await Signer.SendAsync("GET", path)).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("/..")]
    [InlineData("/../x")]
    [InlineData("/%2e%2e/x")]
    [InlineData("/pro%2Fto/x")]
    [InlineData("/UPPER/x")]
    [InlineData("/ab/x")]
    public async Task A_bucket_is_never_a_path(string path)
    {
        var (status, body, _) = await Signer.SendAsync("PUT", Canonical(path), "x"u8.ToArray());
        status.ShouldBeInRange(400, 404, body);
    }

    [Fact]
    public async Task A_key_of_1024_bytes_is_taken_and_a_longer_one_refused()
    {
        foreach (var key in new[] { new string('k', 1024), string.Concat(Enumerable.Repeat("Ä/", 341)), new string('/', 1024) })
        {
            var path = Canonical("/proto/" + Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal));
            (await Signer.SendAsync("PUT", path, "x"u8.ToArray())).Status.ShouldBe(200);
            (await Signer.SendAsync("GET", path)).Body.ShouldBe("x");
            (await Signer.SendAsync("DELETE", path)).Status.ShouldBe(204);
        }

        (await Signer.SendAsync("PUT", "/proto/" + new string('k', 1025), "x"u8.ToArray())).Body.ShouldContain("<Code>KeyTooLongError</Code>");
    }

    [Fact]
    public async Task Errors_are_xml_with_code_and_message()
    {
        var (status, body, answer) = await Signer.SendAsync("GET", "/proto/absent");
        status.ShouldBe(404);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/xml");
        var error = XDocument.Parse(body).Root!;
        error.Name.LocalName.ShouldBe("Error");
        error.Element("Code")!.Value.ShouldBe("NoSuchKey");
        error.Element("Message")!.Value.ShouldContain("absent");
    }

    [Fact]
    public async Task What_is_not_offered_says_so_instead_of_doing_something_else()
    {
        await Signer.SendAsync("PUT", "/proto/kept", "kept"u8.ToArray());
        foreach (var part in new[] { "acl", "policy", "retention", "versionId=1" })
        {
            (await Signer.SendAsync("PUT", "/proto/kept", "lost"u8.ToArray(), query: part)).Status.ShouldBe(501, part);
            (await Signer.SendAsync("DELETE", "/proto/kept", query: part)).Status.ShouldBe(501, part);
        }

        (await Signer.SendAsync("GET", "/proto/kept")).Body.ShouldBe("kept");
    }

    [Fact]
    public async Task Conditions_decide_over_reads_and_writes()
    {
        var headers = (string name, string value) => new Dictionary<string, string> { [name] = value };
        (await Signer.SendAsync("PUT", "/proto/cond", "1"u8.ToArray(), headers: headers("if-none-match", "*"))).Status.ShouldBe(200);
        (await Signer.SendAsync("PUT", "/proto/cond", "2"u8.ToArray(), headers: headers("if-none-match", "*"))).Body.ShouldContain("<Code>PreconditionFailed</Code>");
        var tag = (await Signer.SendAsync("HEAD", "/proto/cond")).Answer.Headers.ETag!.Tag;
        (await Signer.SendAsync("GET", "/proto/cond", headers: headers("if-none-match", tag))).Status.ShouldBe(304);
        (await Signer.SendAsync("GET", "/proto/cond", headers: headers("if-match", "\"other\""))).Status.ShouldBe(412);
        (await Signer.SendAsync("PUT", "/proto/cond", "3"u8.ToArray(), headers: headers("if-match", "\"other\""))).Status.ShouldBe(412);
        (await Signer.SendAsync("PUT", "/proto/cond", "3"u8.ToArray(), headers: headers("if-match", tag))).Status.ShouldBe(200);
        (await Signer.SendAsync("PUT", "/proto/nothing", "3"u8.ToArray(), headers: headers("if-match", tag))).Status.ShouldBe(404);
        (await Signer.SendAsync("GET", "/proto/cond")).Body.ShouldBe("3");
    }

    [Fact]
    public async Task Conditions_by_time_decide_where_none_by_tag_does()
    {
        await Signer.SendAsync("PUT", "/proto/timed", "1"u8.ToArray());
        var first = (await Signer.SendAsync("HEAD", "/proto/timed")).Answer;
        var written = first.Content.Headers.LastModified!.Value;
        (string At, string Before, string Tag) = (written.ToString("R"), written.AddSeconds(-1).ToString("R"), first.Headers.ETag!.Tag);
        foreach (var (status, headers) in new (int, Dictionary<string, string>)[]
        {
            (304, new() { ["if-modified-since"] = At }),
            (200, new() { ["if-modified-since"] = Before }),
            (200, new() { ["if-unmodified-since"] = At }),
            (412, new() { ["if-unmodified-since"] = Before }),
            (200, new() { ["if-match"] = Tag, ["if-unmodified-since"] = Before }),
            (304, new() { ["if-none-match"] = Tag, ["if-modified-since"] = Before }),
            (200, new() { ["if-modified-since"] = "no date" }),
        })
        {
            (await Signer.SendAsync("GET", "/proto/timed", headers: headers)).Status.ShouldBe(status, string.Join(", ", headers));
        }
    }

    [Theory]
    [InlineData("bytes=0-0", 206, "0", "bytes 0-0/10")]
    [InlineData("bytes=4-", 206, "456789", "bytes 4-9/10")]
    [InlineData("bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-30", 206, "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=8-30", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=5-4", 200, "0123456789", null)]
    [InlineData("lines=1-2", 200, "0123456789", null)]
    public async Task Ranges_give_the_bytes_they_ask_for(string range, int status, string body, string? contentRange)
    {
        await Signer.SendAsync("PUT", "/proto/digits", "0123456789"u8.ToArray());
        var result = await Signer.SendAsync("GET", "/proto/digits", headers: new Dictionary<string, string> { ["range"] = range });
        result.Status.ShouldBe(status);
        result.Body.ShouldBe(body);
        result.Answer.Content.Headers.ContentRange?.ToString().ShouldBe(contentRange);
        (await Signer.SendAsync("GET", "/proto/digits", headers: new Dictionary<string, string> { ["range"] = "bytes=10-" })).Status.ShouldBe(416);
    }

    [Fact]
    public async Task Type_and_metadata_come_back()
    {
        await Signer.SendAsync("PUT", "/proto/meta", "x"u8.ToArray(), headers: new Dictionary<string, string> { ["content-type"] = "image/png", ["x-amz-meta-colour"] = "blue", ["cache-control"] = "no-store" });
        await Signer.SendAsync("PUT", "/proto/meta-copy", headers: new Dictionary<string, string> { ["x-amz-copy-source"] = "/proto/meta" });
        foreach (var key in new[] { "meta", "meta-copy" })
        {
            var answer = (await Signer.SendAsync("GET", "/proto/" + key)).Answer;
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
            answer.Headers.GetValues("x-amz-meta-colour").ShouldBe(["blue"]);
            answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("list-type=2&max-keys=2", "continuation-token", "NextContinuationToken")]
    [InlineData("max-keys=2", "marker", "NextMarker")]
    public async Task A_delimiter_folds_keys_page_by_page(string query, string parameter, string next)
    {
        foreach (var key in new[] { "d/a", "d/b/1", "d/b/2", "d/b-c", "d/b0", "d/c/1", "d/c/2/3", "e" })
            await Signer.SendAsync("PUT", "/proto/" + key, "x"u8.ToArray());
        var seen = new List<string>();
        for (string? token = ""; token is not null;)
        {
            var page = XDocument.Parse((await Signer.SendAsync("GET", "/proto", query: $"delimiter=%2F&{query}&prefix=d%2F{(token.Length > 0 ? $"&{parameter}={Uri.EscapeDataString(token)}" : "")}")).Body);
            var names = page.Descendants().Where(e => e.Name.LocalName == "Key" || (e.Name.LocalName == "Prefix" && e.Parent!.Name.LocalName == "CommonPrefixes")).Select(e => e.Value).ToList();
            names.Count.ShouldBeInRange(1, 2);
            seen.AddRange(names);
            token = page.Descendants().FirstOrDefault(e => e.Name.LocalName == next)?.Value;
        }

        seen.Order(StringComparer.Ordinal).ShouldBe(["d/a", "d/b-c", "d/b/", "d/b0", "d/c/"]);
    }

    [Fact]
    public async Task An_upload_in_parts_can_be_listed_and_aborted()
    {
        var id = await BeginAsync("/proto/parts");
        (await Signer.SendAsync("PUT", "/proto/parts", "part"u8.ToArray(), query: $"partNumber=1&uploadId={id}")).Status.ShouldBe(200);
        (await Signer.SendAsync("GET", "/proto", query: "uploads")).Body.ShouldContain(id);
        (await Signer.SendAsync("GET", "/proto/parts", query: $"uploadId={id}")).Body.ShouldContain("<PartNumber>1</PartNumber>");
        (await Signer.SendAsync("GET", "/proto/parts")).Status.ShouldBe(404);

        (await Signer.SendAsync("DELETE", "/proto/parts", query: $"uploadId={id}")).Status.ShouldBe(204);
        (await Signer.SendAsync("PUT", "/proto/parts", "part"u8.ToArray(), query: $"partNumber=2&uploadId={id}")).Body.ShouldContain("<Code>NoSuchUpload</Code>");
        (await Signer.SendAsync("GET", "/proto", query: "uploads")).Body.ShouldNotContain(id);
    }

    [Theory]
    [InlineData("<Part><PartNumber>2</PartNumber><ETag>x</ETag></Part>", "InvalidPart")]
    [InlineData("", "MalformedXML")]
    [InlineData("<Part/>", "MalformedXML")]
    public async Task A_completion_that_names_other_parts_than_were_sent_is_refused(string parts, string code)
    {
        var id = await BeginAsync("/proto/incomplete");
        await Signer.SendAsync("PUT", "/proto/incomplete", "part"u8.ToArray(), query: $"partNumber=1&uploadId={id}");
        var (status, body, _) = await Signer.SendAsync("POST", "/proto/incomplete", Encoding.UTF8.GetBytes($"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>"), query: $"uploadId={id}");
        status.ShouldBe(400);
        body.ShouldContain($"<Code>{code}</Code>");
        (await Signer.SendAsync("GET", "/proto/incomplete")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_bucket_with_objects_stays_and_an_empty_one_goes()
    {
        (await Signer.SendAsync("PUT", "/short-lived/")).Status.ShouldBe(200);
        (await Signer.SendAsync("PUT", "/short-lived/")).Body.ShouldContain("<Code>BucketAlreadyOwnedByYou</Code>");
        await Signer.SendAsync("PUT", "/short-lived/a/b", "x"u8.ToArray());
        (await Signer.SendAsync("DELETE", "/short-lived")).Body.ShouldContain("<Code>BucketNotEmpty</Code>");
        await Signer.SendAsync("DELETE", "/short-lived/a/b");
        (await Signer.SendAsync("GET", "/")).Body.ShouldContain("<Name>short-lived</Name>");
        (await Signer.SendAsync("DELETE", "/short-lived")).Status.ShouldBe(204);
        (await Signer.SendAsync("HEAD", "/short-lived")).Status.ShouldBe(404);
    }

    private async Task<string> BeginAsync(string path) =>
        XDocument.Parse((await Signer.SendAsync("POST", path, query: "uploads")).Body).Descendants().Single(e => e.Name.LocalName == "UploadId").Value;

    // What the client signs is the canonical form of what it sends.
    private static string Canonical(string path) =>
        PercentEncoding.Encode(PercentEncoding.Decode(path, plusIsSpace: false), slash: false);

    private string[] Outside() => [.. Directory.EnumerateFileSystemEntries(server.Folder).Concat(Directory.EnumerateFileSystemEntries(Path.Combine(server.Folder, "buckets"))).Order(StringComparer.Ordinal)];
}
