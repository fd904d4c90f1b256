using System.Globalization;
using System.Text;
using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests;

/// <summary>Bodies sent in signed or unsigned chunks, and the checksums that come before or after them.</summary>
public sealed class ChunkedBodyTests(StoreServer server) : IClassFixture<StoreServer>, IAsyncLifetime
{
    private const string Numbers = "123456789";

    private SignedRequests Signer => new(server.Endpoint);

    public async ValueTask InitializeAsync() => (await server.OpenAsync("chunked")).Dispose();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // The check values of the CRC catalogue (https://reveng.sourceforge.io/crc-catalogue), and digests of the same nine digits.
    [Theory]
    [InlineData("crc32", "CBF43926")]
    [InlineData("crc32c", "E3069283")]
    [InlineData("crc64nvme", "AE8B14860A799888")]
    [InlineData("sha1", "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    [InlineData("sha256", "15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225")]
    public async Task A_checksum_before_or_after_the_body_is_verified_and_given_back(string algorithm, string hex)
    {
        var value = Convert.ToBase64String(Convert.FromHexString(hex));
        var wrong = Convert.ToBase64String(new byte[hex.Length / 2]);
        var name = $"x-amz-checksum-{algorithm}";
        var path = $"/chunked/{algorithm}";
        (await Signer.SendAsync("PUT", path, Encoding.ASCII.GetBytes(Numbers), headers: new Dictionary<string, string> { [name] = value })).Status.ShouldBe(200);
        (await Signer.SendAsync("PUT", path, "changed"u8.ToArray(), headers: new Dictionary<string, string> { [name] = value })).Body.ShouldContain("<Code>BadDigest</Code>");
        (await UnsignedAsync(path, Numbers, name, value)).Status.ShouldBe(200);
        (await UnsignedAsync(path, "changed..", name, value)).Body.ShouldContain("<Code>BadDigest</Code>");
        (await UnsignedAsync(path, Numbers, name, wrong)).Body.ShouldContain("<Code>BadDigest</Code>");
        (await UnsignedAsync(path, Numbers, name, null)).Body.ShouldContain("<Code>MalformedTrailerError</Code>");

        var answer = await Signer.SendAsync("GET", path, headers: new Dictionary<string, string> { ["x-amz-checksum-mode"] = "ENABLED" });
        answer.Body.ShouldBe(Numbers);
        answer.Answer.Headers.GetValues(name).ShouldBe([value]);
    }

    [Theory]
    [InlineData("sha256", null, "COMPOSITE")]
    [InlineData("crc32", null, "COMPOSITE")]
    [InlineData("crc32", "FULL_OBJECT", null)]
    [InlineData("crc64nvme", null, null)]
    public async Task An_object_in_parts_has_the_checksum_of_their_checksums(string algorithm, string? asked, string? type)
    {
        const int PartBytes = 5 * 1024 * 1024;
        await Signer.SendAsync("PUT", "/chunked");
        var path = $"/chunked/parts-{algorithm}-{asked}";
        var begun = await Signer.SendAsync("POST", path, query: "uploads", headers: asked is null ? null : new Dictionary<string, string> { ["x-amz-checksum-type"] = asked });
        var id = begun.Body.Split("<UploadId>")[1].Split('<')[0];
        var bodies = new[] { new byte[PartBytes], "end"u8.ToArray() };
        var sums = bodies.Select(body => Sum(algorithm, body)).ToArray();
        var parts = "";
        for (var i = 0; i < 2; i++)
        {
            var put = await Signer.SendAsync("PUT", path, bodies[i], query: $"partNumber={i + 1}&uploadId={id}", headers: new Dictionary<string, string> { [$"x-amz-checksum-{algorithm}"] = Convert.ToBase64String(sums[i]) });
            parts += $"<Part><PartNumber>{i + 1}</PartNumber><ETag>{put.Answer.Headers.ETag!.Tag}</ETag></Part>";
        }

        var done = await Signer.SendAsync("POST", path, System.Text.Encoding.UTF8.GetBytes($"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>"), query: $"uploadId={id}");

        done.Status.ShouldBe(200, done.Body);
        var head = (await Signer.SendAsync("HEAD", path, headers: new Dictionary<string, string> { ["x-amz-checksum-mode"] = "ENABLED" })).Answer.Headers;
        if (type is null)
        {
            head.Contains($"x-amz-checksum-{algorithm}").ShouldBeFalse();
            done.Body.ShouldNotContain("Checksum");
            return;
        }

        var expected = $"{Convert.ToBase64String(Sum(algorithm, [.. sums[0], .. sums[1]]))}-2";
        head.GetValues($"x-amz-checksum-{algorithm}").ShouldHaveSingleItem().ShouldBe(expected);
        head.GetValues("x-amz-checksum-type").ShouldHaveSingleItem().ShouldBe(type);
        done.Body.ShouldContain($"<Checksum{algorithm.ToUpperInvariant()}>{expected}<");
        // A copy is in one piece, so that it has another checksum or none.
        await Signer.SendAsync("PUT", path + "-copy", headers: new Dictionary<string, string> { ["x-amz-copy-source"] = path });
        (await Signer.SendAsync("HEAD", path + "-copy", headers: new Dictionary<string, string> { ["x-amz-checksum-mode"] = "ENABLED" })).Answer.Headers.Contains($"x-amz-checksum-{algorithm}").ShouldBeFalse();

        static byte[] Sum(string algorithm, byte[] bytes)
        {
            using var sum = RunningChecksum.Of(algorithm);
            sum.Append(bytes);
            return sum.Finish();
        }
    }

    [Fact]
    public void A_checksum_of_many_bytes_is_that_of_the_plain_way()
    {
        var body = new byte[100_003];
        new DeterministicBytes(3).Fill(body);
        using var fast = RunningChecksum.Of("crc64nvme");
        foreach (var piece in body.Chunk(1009))
            fast.Append(piece);
        var crc = ulong.MaxValue;
        foreach (var b in body)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x9A6C9329AC4BC9B5;
        }

        Convert.ToHexString(fast.Finish()).ShouldBe((~crc).ToString("X16", CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Signed_chunks_are_taken_and_tampered_ones_refused()
    {
        var chunks = new[] { new string('a', 64 * 1024), new string('b', 64 * 1024), "end" };
        (await Signer.SendChunkedAsync("/chunked/signed", chunks)).Status.ShouldBe(200);
        (await Signer.SendAsync("GET", "/chunked/signed")).Body.ShouldBe(string.Concat(chunks));

        var tampered = await Signer.SendChunkedAsync("/chunked/signed", ["good"], tamper: body => body.Replace("good", "evil", StringComparison.Ordinal));
        tampered.Status.ShouldBe(403);
        tampered.Body.ShouldContain("<Code>SignatureDoesNotMatch</Code>");
        // Chunks may be neither left out nor put in another order.
        (await Signer.SendChunkedAsync("/chunked/signed", ["1", "2"], tamper: body => string.Join("\r\n", body.Split("\r\n")[2..4].Concat(body.Split("\r\n")[..2]).Concat(body.Split("\r\n")[4..])))).Status.ShouldBe(403);
        (await Signer.SendChunkedAsync("/chunked/signed", ["12"], tamper: body => body[..^4])).Status.ShouldBe(400);
        (await Signer.SendAsync("GET", "/chunked/signed")).Body.ShouldBe(string.Concat(chunks));
    }

    [Fact]
    public async Task A_signed_trailer_is_verified_and_one_that_is_missing_or_tampered_with_refused()
    {
        var crc = (Name: "x-amz-checksum-crc32", Value: Convert.ToBase64String(Convert.FromHexString("CBF43926")));
        (await Signer.SendChunkedAsync("/chunked/trailer", [Numbers], trailer: crc)).Status.ShouldBe(200);
        (await Signer.SendChunkedAsync("/chunked/trailer", ["987654321"], trailer: crc)).Body.ShouldContain("<Code>BadDigest</Code>");
        (await Signer.SendChunkedAsync("/chunked/trailer", [Numbers], body => body.Replace(crc.Value, "AAAAAA==", StringComparison.Ordinal), crc)).Body.ShouldContain("<Code>SignatureDoesNotMatch</Code>");
        (await Signer.SendChunkedAsync("/chunked/trailer", [Numbers], body => body[..body.IndexOf("x-amz-trailer-signature", StringComparison.Ordinal)] + "\r\n", crc)).Status.ShouldBe(403);
        (await Signer.SendChunkedAsync("/chunked/trailer", [Numbers], body => body[..body.IndexOf("x-amz-checksum", StringComparison.Ordinal)] + "\r\n", crc)).Status.ShouldBe(400);
        (await Signer.SendAsync("GET", "/chunked/trailer")).Body.ShouldBe(Numbers);
    }

    [Theory]
    [InlineData("zz\r\nabc\r\n0\r\n\r\n")]
    [InlineData("-1\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3\r\nabcX0\r\n\r\n")]
    [InlineData("9\r\nabc")]
    [InlineData("ffffffffffffffff\r\nabc\r\n0\r\n\r\n")]
    [InlineData("")]
    public async Task Malformed_chunks_are_refused_and_leave_nothing(string body)
    {
        var answer = await Signer.SendAsync("PUT", "/chunked/malformed", Encoding.ASCII.GetBytes(body), payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", headers: new Dictionary<string, string> { ["x-amz-decoded-content-length"] = "3" });
        answer.Status.ShouldBe(400, answer.Body);
        (await Signer.SendAsync("GET", "/chunked/malformed")).Status.ShouldBe(404);
        Directory.EnumerateFiles(Path.Combine(server.Folder, "tmp")).ShouldBeEmpty();
    }

    private Task<(int Status, string Body, HttpResponseMessage Answer)> UnsignedAsync(string path, string body, string trailer, string? value) => Signer.SendAsync(
        "PUT",
        path,
        Encoding.ASCII.GetBytes($"{body.Length:x}\r\n{body}\r\n0\r\n{(value is null ? "" : $"{trailer}:{value}\r\n")}\r\n"),
        payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        headers: new Dictionary<string, string> { ["content-encoding"] = "aws-chunked", ["x-amz-trailer"] = trailer, ["x-amz-decoded-content-length"] = body.Length.ToString(CultureInfo.InvariantCulture) });
}
