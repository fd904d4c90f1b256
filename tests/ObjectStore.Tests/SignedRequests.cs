using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests;

/// <summary>
/// A signer of its own, written from the specification and not from the server's code, that can also sign wrongly. It sends
/// paths exactly as they are given.
/// </summary>
internal sealed class SignedRequests(Uri endpoint, string accessKey = StoreServer.AccessKey, string secretKey = StoreServer.SecretKey)
{
    private const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static readonly HttpClient Http = new();

    /// <summary>How far the signer's clock is off.</summary>
    internal TimeSpan Skew { get; init; }

    internal async Task<(int Status, string Body, HttpResponseMessage Answer)> SendAsync(
        string method,
        string path,
        byte[]? body = null,
        string query = "",
        IReadOnlyDictionary<string, string>? headers = null,
        string? payloadHash = null,
        IReadOnlyDictionary<string, string>? unsignedHeaders = null,
        CancellationToken? cancellationToken = null)
    {
        var hash = payloadHash ?? (body is null ? Empty : Convert.ToHexStringLower(SHA256.HashData(body)));
        var (signed, _, _) = SignHeaders(method, path, query, headers, hash);
        var request = Request(method, path, query);
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        foreach (var (name, value) in signed.Concat(unsignedHeaders ?? new Dictionary<string, string>()))
            Add(request, name, value);
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>Puts a body in signed chunks.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="chunks">The chunks.</param>
    /// <param name="tamper">Changes the body after it was signed.</param>
    /// <param name="trailer">A header that follows the body, signed as well; none where it has no name.</param>
    internal Task<(int Status, string Body, HttpResponseMessage Answer)> SendChunkedAsync(string path, string[] chunks, Func<string, string>? tamper = null, (string Name, string Value) trailer = default)
    {
        var headers = new Dictionary<string, string> { ["x-amz-decoded-content-length"] = chunks.Sum(c => c.Length).ToString(CultureInfo.InvariantCulture) };
        if (trailer.Name is not null)
            headers["x-amz-trailer"] = trailer.Name;
        var (signed, previous, stamp) = SignHeaders("PUT", path, "", headers, $"STREAMING-AWS4-HMAC-SHA256-PAYLOAD{(trailer.Name is null ? "" : "-TRAILER")}");
        var body = new StringBuilder();
        foreach (var chunk in chunks.Append(""))
        {
            previous = Hmac(stamp, $"AWS4-HMAC-SHA256-PAYLOAD\n{stamp}\n{Scope(stamp)}\n{previous}\n{Empty}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(chunk)))}");
            body.Append(CultureInfo.InvariantCulture, $"{chunk.Length:x};chunk-signature={previous}\r\n{chunk}\r\n");
        }

        if (trailer.Name is not null)
        {
            // The trailer stands where the last chunk's empty data would.
            body.Length -= 2;
            var text = $"{trailer.Name}:{trailer.Value}";
            var signature = Hmac(stamp, $"AWS4-HMAC-SHA256-TRAILER\n{stamp}\n{Scope(stamp)}\n{previous}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text + "\n")))}");
            body.Append(CultureInfo.InvariantCulture, $"{text}\r\nx-amz-trailer-signature:{signature}\r\n\r\n");
        }

        var request = Request("PUT", path);
        request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(tamper is null ? body.ToString() : tamper(body.ToString())));
        foreach (var (name, value) in signed)
            Add(request, name, value);
        return SendAsync(request);
    }

    internal Uri Presign(string method, string path, TimeSpan lifetime)
    {
        var stamp = Stamp();
        var query = $"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={Uri.EscapeDataString($"{accessKey}/{Scope(stamp)}")}&X-Amz-Date={stamp}&X-Amz-Expires={(int)lifetime.TotalSeconds}&X-Amz-SignedHeaders=host";
        var canonical = $"{method}\n{path}\n{query}\nhost:{endpoint.Authority}\n\nhost\nUNSIGNED-PAYLOAD";
        return Raw(path, $"{query}&X-Amz-Signature={Sign(stamp, canonical)}");
    }

    internal static async Task<(int Status, string Body, HttpResponseMessage Answer)> SendAsync(HttpRequestMessage request, CancellationToken? cancellationToken = null)
    {
        var ct = cancellationToken ?? TestContext.Current.CancellationToken;
        var answer = await Http.SendAsync(request, ct);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(ct), answer);
    }

    internal HttpRequestMessage Request(string method, string path, string query = "") => new(new HttpMethod(method), Raw(path, query));

    private (IReadOnlyList<KeyValuePair<string, string>> Headers, string Signature, string Stamp) SignHeaders(
        string method, string path, string query, IReadOnlyDictionary<string, string>? headers, string hash)
    {
        var stamp = Stamp();
        var signed = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = endpoint.Authority,
            ["x-amz-content-sha256"] = hash,
            ["x-amz-date"] = stamp,
        };
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
            signed[name] = value;
        var names = string.Join(';', signed.Keys);
        var signature = Sign(stamp, $"{method}\n{path}\n{CanonicalQuery(query)}\n{string.Concat(signed.Select(h => $"{h.Key}:{h.Value}\n"))}\n{names}\n{hash}");
        var authorization = $"AWS4-HMAC-SHA256 Credential={accessKey}/{Scope(stamp)}, SignedHeaders={names}, Signature={signature}";
        return ([.. signed.Where(h => h.Key != "host"), new("Authorization", authorization)], signature, stamp);
    }

    private string Stamp() => (TimeProvider.System.GetUtcNow() + Skew).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static void Add(HttpRequestMessage request, string name, string value)
    {
        if (!request.Headers.TryAddWithoutValidation(name, value))
            request.Content!.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
    }

    private Uri Raw(string path, string query) => new(
        $"{endpoint.Scheme}://{endpoint.Authority}{path}{(query.Length > 0 ? "?" + query : "")}",
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static string CanonicalQuery(string query) => string.Join('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(p => p.Contains('=', StringComparison.Ordinal) ? p : p + "=").Order(StringComparer.Ordinal));

    private static string Scope(string stamp) => $"{stamp[..8]}/us-east-1/s3/aws4_request";

    private string Sign(string stamp, string canonical) =>
        Hmac(stamp, $"AWS4-HMAC-SHA256\n{stamp}\n{Scope(stamp)}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}");

    private string Hmac(string stamp, string text)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (var part in Scope(stamp).Split('/'))
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}
