using System.Globalization;
using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests;

/// <summary>What is too long is refused in S3's words, and changes nothing.</summary>
public sealed class LimitTests(StoreServer server) : IClassFixture<StoreServer>, IAsyncLifetime
{
    private SignedRequests Signer => new(server.Endpoint);

    public async ValueTask InitializeAsync() => (await server.OpenAsync("limits")).Dispose();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Metadata_of_2_KB_is_kept_and_more_is_refused()
    {
        (await Signer.SendAsync("PUT", "/limits/meta", "x"u8.ToArray(), headers: new Dictionary<string, string> { ["x-amz-meta-a"] = new('a', 2030) })).Status.ShouldBe(200);
        (await Signer.SendAsync("PUT", "/limits/meta", "y"u8.ToArray(), headers: new Dictionary<string, string> { ["x-amz-meta-a"] = new('a', 2040) })).Body.ShouldContain("<Code>MetadataTooLarge</Code>");
        (await Signer.SendAsync("GET", "/limits/meta")).Body.ShouldBe("x");
    }

    [Theory]
    [InlineData('k', 1024)]
    [InlineData('é', 512)]
    public async Task A_key_of_1024_bytes_is_taken_and_one_byte_more_is_refused(char letter, int count)
    {
        var key = Uri.EscapeDataString(new string(letter, count));
        (await Signer.SendAsync("PUT", $"/limits/{key}", "x"u8.ToArray())).Status.ShouldBe(200);
        (await Signer.SendAsync("GET", $"/limits/{key}")).Body.ShouldBe("x");
        (await Signer.SendAsync("PUT", $"/limits/{key}k", "x"u8.ToArray())).Body.ShouldContain("<Code>KeyTooLongError</Code>");
    }

    [Fact]
    public async Task Headers_longer_than_the_server_reads_are_refused()
    {
        var headers = Enumerable.Range(0, 20).ToDictionary(i => $"x-long-{i:00}", _ => new string('h', 2000));
        (await Signer.SendAsync("PUT", "/limits/long-headers", "x"u8.ToArray(), headers: headers)).Status.ShouldBe(431);
        (await Signer.SendAsync("GET", "/limits/long-headers")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("a=1&b=2", 200)]
    [InlineData("a=1&a=2", 400)]
    [InlineData("=1", 400)]
    [InlineData("1=&2=&3=&4=&5=&6=&7=&8=&9=&10=", 200)]
    [InlineData("1=&2=&3=&4=&5=&6=&7=&8=&9=&10=&11=", 400)]
    public async Task Tags_are_limited_as_by_s3(string tags, int status)
    {
        var (answered, body, _) = await Signer.SendAsync("PUT", "/limits/tags", "x"u8.ToArray(), headers: new Dictionary<string, string> { ["x-amz-tagging"] = tags });
        answered.ShouldBe(status, body);
        if (status != 200)
            body.ShouldContain("<Code>InvalidTag</Code>");
    }

    [Fact]
    public async Task What_would_be_stored_otherwise_than_asked_is_refused()
    {
        foreach (var (name, value) in new[] { ("x-amz-server-side-encryption", "AES256"), ("x-amz-object-lock-mode", "COMPLIANCE"), ("x-amz-checksum-md4", "AAAA") })
            (await Signer.SendAsync("PUT", "/limits/special", "x"u8.ToArray(), headers: new Dictionary<string, string> { [name] = value })).Status.ShouldBeOneOf(400, 501);
        (await Signer.SendAsync("GET", "/limits/special")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_refused_body_that_was_never_sent_ends_the_connection()
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(server.Endpoint.Host, server.Endpoint.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"PUT /limits/unsigned HTTP/1.1\r\nHost: {server.Endpoint.Authority}\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n")), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var head = new List<string>();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line)
            head.Add(line);
        head[0].ShouldStartWith("HTTP/1.1 403 ");
        head.ShouldContain("Connection: close");
    }
}
