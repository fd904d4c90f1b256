using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests;

public sealed class SignatureTests(StoreServer server) : IClassFixture<StoreServer>, IAsyncLifetime
{
    private SignedRequests Signer => new(server.Endpoint);

    public async ValueTask InitializeAsync()
    {
        using var storage = await server.OpenAsync("signed");
        await storage.PutAsync("there", "body"u8.ToArray(), "text/plain", TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_right_signature_passes()
    {
        (await Signer.SendAsync("GET", "/signed/there")).Body.ShouldBe("body");
        (await Signer.SendAsync("PUT", "/signed/by-hand", "1"u8.ToArray())).Status.ShouldBe(200);
        (await Signer.SendAsync("PUT", "/signed/by-hand", "2"u8.ToArray(), payloadHash: "UNSIGNED-PAYLOAD")).Status.ShouldBe(200);
        (await Signer.SendAsync("GET", "/signed", query: "list-type=2&prefix=by-hand")).Body.ShouldContain("<Key>by-hand</Key>");
    }

    [Fact]
    public async Task No_signature_is_refused()
    {
        foreach (var path in new[] { "/", "/signed", "/signed/there", "/signed/there?X-Amz-Date=1", "/Health", "/health/x" })
        {
            var (status, body, _) = await SignedRequests.SendAsync(Signer.Request("GET", path));
            status.ShouldBe(403, path);
            body.ShouldContain("<Code>AccessDenied</Code>");
        }
    }

    [Fact]
    public async Task Another_secret_or_another_access_key_is_refused()
    {
        var (status, body, _) = await new SignedRequests(server.Endpoint, secretKey: "not the secret").SendAsync("GET", "/signed/there");
        status.ShouldBe(403);
        body.ShouldContain("<Code>SignatureDoesNotMatch</Code>");
        body.ShouldNotContain("body");
        (await new SignedRequests(server.Endpoint, accessKey: "nobody").SendAsync("GET", "/signed/there")).Body.ShouldContain("<Code>InvalidAccessKeyId</Code>");
    }

    [Fact]
    public async Task A_body_that_was_tampered_with_is_refused_and_changes_nothing()
    {
        var (status, body, _) = await Signer.SendAsync("PUT", "/signed/there", "evil"u8.ToArray(), payloadHash: Artifacts.Digest.OfBytes("good"u8));
        status.ShouldBe(400);
        body.ShouldContain("<Code>XAmzContentSHA256Mismatch</Code>");
        (await Signer.SendAsync("PUT", "/signed/there", "evil"u8.ToArray(), headers: new Dictionary<string, string> { ["content-md5"] = "JFmnRuqWzh0gfXz8Mmlvsg==" })).Body.ShouldContain("<Code>BadDigest</Code>");
        (await Signer.SendAsync("GET", "/signed/there")).Body.ShouldBe("body");
        Directory.EnumerateFiles(Path.Combine(server.Folder, "tmp")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_header_that_was_added_on_the_way_is_refused()
    {
        var (status, body, _) = await Signer.SendAsync("PUT", "/signed/there", "x"u8.ToArray(), unsignedHeaders: new Dictionary<string, string> { ["x-amz-meta-added"] = "1" });
        status.ShouldBe(403);
        body.ShouldContain("x-amz-meta-added");
    }

    [Fact]
    public async Task A_signature_is_good_for_one_path_and_method_only()
    {
        var url = Signer.Presign("GET", "/signed/there", TimeSpan.FromMinutes(1));
        (await SignedRequests.SendAsync(new HttpRequestMessage(HttpMethod.Get, url))).Body.ShouldBe("body");
        (await SignedRequests.SendAsync(new HttpRequestMessage(HttpMethod.Delete, url))).Status.ShouldBe(403);
        (await SignedRequests.SendAsync(new HttpRequestMessage(HttpMethod.Get, url.OriginalString.Replace("/there?", "/other?", StringComparison.Ordinal)))).Status.ShouldBe(403);
        (await SignedRequests.SendAsync(new HttpRequestMessage(HttpMethod.Get, url.OriginalString.Replace("Expires=60", "Expires=600", StringComparison.Ordinal)))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_url_that_has_expired_or_is_not_valid_yet_is_refused()
    {
        var late = new SignedRequests(server.Endpoint) { Skew = TimeSpan.FromMinutes(-2) };
        var (status, body, _) = await SignedRequests.SendAsync(new HttpRequestMessage(HttpMethod.Get, late.Presign("GET", "/signed/there", TimeSpan.FromMinutes(1))));
        status.ShouldBe(403);
        body.ShouldContain("expired");
        (await SignedRequests.SendAsync(new HttpRequestMessage(HttpMethod.Get, late.Presign("GET", "/signed/there", TimeSpan.FromMinutes(5))))).Status.ShouldBe(200);

        var early = new SignedRequests(server.Endpoint) { Skew = TimeSpan.FromMinutes(20) };
        (await SignedRequests.SendAsync(new HttpRequestMessage(HttpMethod.Get, early.Presign("GET", "/signed/there", TimeSpan.FromHours(1))))).Status.ShouldBe(403);
        (await SignedRequests.SendAsync(new HttpRequestMessage(HttpMethod.Get, Signer.Presign("GET", "/signed/there", TimeSpan.FromDays(8))))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_clock_that_is_off_by_more_than_15_minutes_is_told_so()
    {
        foreach (var minutes in new[] { -16, 16 })
            (await new SignedRequests(server.Endpoint) { Skew = TimeSpan.FromMinutes(minutes) }.SendAsync("GET", "/signed/there")).Body.ShouldContain("<Code>RequestTimeTooSkewed</Code>");
        (await new SignedRequests(server.Endpoint) { Skew = TimeSpan.FromMinutes(-14) }.SendAsync("GET", "/signed/there")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a")]
    [InlineData("AWS4-HMAC-SHA256 Credential=////,SignedHeaders=,Signature=")]
    [InlineData("AWS4-HMAC-SHA256 Credential=test-access/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0")]
    [InlineData("AWS test-access:sig")]
    [InlineData("Bearer x")]
    public async Task A_malformed_authorization_is_refused_and_never_crashes(string authorization)
    {
        var request = Signer.Request("GET", "/signed/there");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        (await SignedRequests.SendAsync(request)).Status.ShouldBeInRange(400, 403);
    }

    [Fact]
    public async Task Health_is_told_to_anyone()
    {
        (await SignedRequests.SendAsync(Signer.Request("GET", "/health"))).Status.ShouldBe(200);
        (await SignedRequests.SendAsync(Signer.Request("GET", "/alive"))).Status.ShouldBe(200);
        (await Signer.SendAsync("PUT", "/health/")).Body.ShouldContain("<Code>InvalidBucketName</Code>");
    }
}
