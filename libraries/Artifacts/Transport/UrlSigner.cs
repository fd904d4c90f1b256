using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Maskwright.Artifacts;

/// <summary>
/// Signs requests by their URL (AWS Signature Version 4, "presigned"): one request an operation, of any method and
/// sub-resource, where the SDK signs only whole gets and puts and asks the server three times for each get.
/// </summary>
internal sealed class UrlSigner(StorageOptions options, TimeProvider time)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    private readonly string _host = options.Endpoint.Authority;
    private readonly string _root = $"{options.Endpoint.Scheme}://{options.Endpoint.Authority}";
    private readonly string _bucket = $"/{options.Bucket}/";
    private readonly string _accessKey = Uri.EscapeDataString(options.AccessKey);
    private DayKey? _day;

    /// <summary>The address of an object, or of the bucket for an empty key, good for one method and a while.</summary>
    /// <param name="method">The HTTP method it is good for.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="query">Sub-resources, percent-encoded, each with <c>=</c>, in ordinal order and in lower-case names; or empty.</param>
    /// <param name="lifetime">How long it is good, to whole seconds.</param>
    internal Uri Sign(HttpMethod method, string key, string query, TimeSpan lifetime) =>
        SignPath(method, _bucket + EncodePath(key), query, lifetime);

    /// <summary>As <see cref="Sign"/>, for any encoded path.</summary>
    internal Uri SignPath(HttpMethod method, string path, string query, TimeSpan lifetime)
    {
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var day = KeyOf(stamp[..8]);
        // Upper case sorts before lower case: the sub-resources follow the signature's own parameters.
        var signed = string.Create(
            CultureInfo.InvariantCulture,
            $"X-Amz-Algorithm={Algorithm}&X-Amz-Credential={_accessKey}{day.EscapedScope}&X-Amz-Date={stamp}&X-Amz-Expires={(int)lifetime.TotalSeconds}&X-Amz-SignedHeaders=host{(query.Length > 0 ? "&" : "")}{query}");
        var request = Hash($"{method.Method}\n{path}\n{signed}\nhost:{_host}\n\nhost\nUNSIGNED-PAYLOAD");
        var signature = HMACSHA256.HashData(day.Key, Encoding.UTF8.GetBytes($"{Algorithm}\n{stamp}\n{day.Scope}\n{request}"));
        // The path is signed as it is written: it must not be tidied on its way.
        return new Uri(
            $"{_root}{path}?{signed}&X-Amz-Signature={Convert.ToHexStringLower(signature)}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    private static string EncodePath(string key) => Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // The key changes with the day only; a race computes it twice, which harms nobody.
    private DayKey KeyOf(string date)
    {
        if (_day is { } known && known.Date == date)
            return known;
        var scope = $"{date}/{options.Region}/s3/aws4_request";
        var key = Encoding.UTF8.GetBytes("AWS4" + options.SecretKey);
        foreach (var part in scope.Split('/'))
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return _day = new DayKey(date, scope, Uri.EscapeDataString("/" + scope), key);
    }

    private sealed record DayKey(string Date, string Scope, string EscapedScope, byte[] Key);
}
