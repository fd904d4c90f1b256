using Microsoft.Extensions.Time.Testing;

namespace Maskwright.Artifacts.Tests;

public sealed class UrlSignerTests
{
    // The example of "Authenticating Requests: Using Query Parameters" in the S3 API reference.
    private static readonly StorageOptions Example = new()
    {
        Endpoint = new Uri("https://examplebucket.s3.amazonaws.com"),
        AccessKey = "AKIAIOSFODNN7EXAMPLE",
        SecretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    };

    private static readonly DateTimeOffset Noon = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_example_of_the_specification_is_signed_as_it_says() =>
        new UrlSigner(Example, new FakeTimeProvider(Noon)).SignPath(HttpMethod.Get, "/test.txt", "", TimeSpan.FromDays(1)).OriginalString.ShouldBe(
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"
            + "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");

    [Fact]
    public void The_signing_key_follows_the_date()
    {
        var time = new FakeTimeProvider(Noon.AddDays(-1));
        var signer = new UrlSigner(Example, time);
        var yesterday = signer.SignPath(HttpMethod.Get, "/test.txt", "", TimeSpan.FromDays(1)).OriginalString;
        time.SetUtcNow(Noon);
        var today = signer.SignPath(HttpMethod.Get, "/test.txt", "", TimeSpan.FromDays(1)).OriginalString;
        today.ShouldNotBe(yesterday);
        today.ShouldEndWith("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    }

    [Fact]
    public void A_key_travels_as_its_percent_encoded_bytes_and_keeps_its_slashes() =>
        new UrlSigner(Example, new FakeTimeProvider(Noon)).Sign(HttpMethod.Put, "a b/ü+%2F.~", "partNumber=1&uploadId=x", TimeSpan.FromSeconds(1))
            .AbsolutePath.ShouldBe("/maskwright/a%20b/%C3%BC%2B%252F.~");
}
