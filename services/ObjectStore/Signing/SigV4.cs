using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Maskwright.ObjectStore;

/// <summary>AWS Signature Version 4: the string that is signed, and its signature.</summary>
internal static partial class SigV4
{
    internal const string Algorithm = "AWS4-HMAC-SHA256";
    internal const string SignatureParameter = "X-Amz-Signature";

    /// <summary>The key that signs for one day, region and service.</summary>
    internal static byte[] SigningKey(string secretKey, CredentialScope scope)
    {
        var day = Hmac(Encoding.UTF8.GetBytes("AWS4" + secretKey), scope.Day);
        var region = Hmac(day, scope.Region);
        var service = Hmac(region, scope.Service);
        return Hmac(service, "aws4_request");
    }

    /// <summary>The signature of a request, lower-case hex.</summary>
    internal static string Sign(byte[] signingKey, CredentialScope scope, string timestamp, string canonicalRequest)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)));
        return Convert.ToHexStringLower(Hmac(signingKey, $"{Algorithm}\n{timestamp}\n{scope}\n{digest}"));
    }

    /// <summary>The canonical form of a request.</summary>
    internal static string CanonicalRequest(S3Request request, IReadOnlyList<string> signedHeaders, string payloadHash)
    {
        var text = new StringBuilder(512);
        text.Append(request.Method).Append('\n');
        text.Append(PercentEncoding.Encode(request.DecodedPath, slash: false)).Append('\n');
        text.AppendJoin('&', request.Query
            .Where(p => p.Key != SignatureParameter)
            .Select(p => (Name: PercentEncoding.Encode(p.Key), Value: PercentEncoding.Encode(p.Value)))
            .OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Value, StringComparer.Ordinal)
            .Select(p => $"{p.Name}={p.Value}")).Append('\n');
        foreach (var name in signedHeaders)
        {
            var values = request.Context.Request.Headers[name].Select(v => Spaces().Replace((v ?? "").Trim(), " "));
            text.Append(name).Append(':').AppendJoin(',', values).Append('\n');
        }

        return text.Append('\n').AppendJoin(';', signedHeaders).Append('\n').Append(payloadHash).ToString();
    }

    /// <summary>HMAC-SHA256 of text.</summary>
    internal static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    /// <summary>Compares in a time that tells nothing about where they differ.</summary>
    internal static bool AreEqual(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));

    [GeneratedRegex(" {2,}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}

/// <summary>What a signing key is good for.</summary>
/// <param name="Day">The day, <c>yyyyMMdd</c>.</param>
/// <param name="Region">The region.</param>
/// <param name="Service">The service, <c>s3</c>.</param>
internal sealed record CredentialScope(string Day, string Region, string Service)
{
    /// <summary>As it is written in requests.</summary>
    public override string ToString() => $"{Day}/{Region}/{Service}/aws4_request";
}
