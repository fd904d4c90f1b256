using System.Globalization;

namespace Maskwright.ObjectStore;

/// <summary>Decides whether a request is signed by the holder of the keys, in its headers or in its URL.</summary>
/// <param name="credentials">The one pair of keys there is.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestAuthenticator(StoreCredentials credentials, TimeProvider time)
{
    private const string UnsignedPayload = "UNSIGNED-PAYLOAD";
    private const string TimestampFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const int MaxExpirySeconds = 7 * 24 * 3600;
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(15);

    /// <summary>Checks the signature.</summary>
    /// <returns>What the request promises about its body.</returns>
    /// <exception cref="S3Exception">The request is not signed, or not rightly.</exception>
    internal PayloadPromise Authenticate(S3Request request)
    {
        if (request.Header("Authorization") is { } authorization)
            return CheckHeader(request, authorization);
        if (request.Has(SigV4.SignatureParameter))
            return CheckPresigned(request);
        throw S3Exception.AccessDenied("The request is not signed. Sign it by AWS Signature Version 4 with the store's keys.");
    }

    private PayloadPromise CheckHeader(S3Request request, string authorization)
    {
        var space = authorization.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || authorization[..space] != SigV4.Algorithm)
            throw S3Exception.InvalidRequest($"Only {SigV4.Algorithm} is understood in Authorization.");
        var fields = authorization[(space + 1)..].Split(',')
            .Select(f => f.Trim().Split('=', 2))
            .Where(f => f.Length == 2)
            .DistinctBy(f => f[0])
            .ToDictionary(f => f[0], f => f[1], StringComparer.Ordinal);
        var scope = Scope(Field("Credential"));
        var timestamp = request.Header("x-amz-date")
            ?? throw S3Exception.AccessDenied("The request has no x-amz-date header.");
        var signedAt = Timestamp(timestamp, scope);
        if ((time.GetUtcNow() - signedAt).Duration() > MaxSkew)
            throw new S3Exception(StatusCodes.Status403Forbidden, "RequestTimeTooSkewed", $"The request was signed at {signedAt:u}, here it is {time.GetUtcNow():u}: more than 15 minutes apart.");

        var payload = request.Header("x-amz-content-sha256")
            ?? throw S3Exception.InvalidRequest("The request has no x-amz-content-sha256 header.");
        var signature = Field("Signature");
        var key = Verify(request, Field("SignedHeaders"), scope, timestamp, payload, signature);
        return new PayloadPromise(payload, new ChunkSigning(key, scope, timestamp, signature));

        string Field(string name) => fields.TryGetValue(name, out var value)
            ? value
            : throw new S3Exception(StatusCodes.Status400BadRequest, "AuthorizationHeaderMalformed", $"The Authorization header has no {name}.");
    }

    private PayloadPromise CheckPresigned(S3Request request)
    {
        if (Parameter("X-Amz-Algorithm") != SigV4.Algorithm)
            throw S3Exception.InvalidRequest($"Only {SigV4.Algorithm} is understood in X-Amz-Algorithm.");
        var scope = Scope(Parameter("X-Amz-Credential"));
        var timestamp = Parameter("X-Amz-Date");
        var signedAt = Timestamp(timestamp, scope);
        if (!int.TryParse(Parameter("X-Amz-Expires"), NumberStyles.None, CultureInfo.InvariantCulture, out var expires) || expires is < 1 or > MaxExpirySeconds)
            throw new S3Exception(StatusCodes.Status400BadRequest, "AuthorizationQueryParametersError", $"X-Amz-Expires must be 1 to {MaxExpirySeconds} seconds.");
        var now = time.GetUtcNow();
        if (signedAt - now > MaxSkew)
            throw S3Exception.AccessDenied($"The URL is not valid before {signedAt:u}.");
        if (now > signedAt.AddSeconds(expires))
            throw S3Exception.AccessDenied($"Request has expired: the URL was valid until {signedAt.AddSeconds(expires):u}.");

        var payload = request.Header("x-amz-content-sha256") ?? UnsignedPayload;
        Verify(request, Parameter("X-Amz-SignedHeaders"), scope, timestamp, payload, Parameter(SigV4.SignatureParameter));
        return new PayloadPromise(payload, Chunks: null);

        string Parameter(string name) => request.Value(name)
            ?? throw new S3Exception(StatusCodes.Status400BadRequest, "AuthorizationQueryParametersError", $"The URL has no {name}.");
    }

    private byte[] Verify(S3Request request, string signedHeaders, CredentialScope scope, string timestamp, string payload, string signature)
    {
        var names = signedHeaders.Split(';');
        if (!names.Contains("host"))
            throw S3Exception.AccessDenied("The Host header must be signed.");
        // What is not signed could have been added on the way.
        var unsigned = request.Context.Request.Headers.Keys
            .Select(k => k.ToLowerInvariant())
            .FirstOrDefault(k => k.StartsWith("x-amz-", StringComparison.Ordinal) && !names.Contains(k));
        if (unsigned is not null)
            throw S3Exception.AccessDenied($"The header {unsigned} is not signed.");

        var key = SigV4.SigningKey(credentials.SecretKey, scope);
        var expected = SigV4.Sign(key, scope, timestamp, SigV4.CanonicalRequest(request, names, payload));
        if (!SigV4.AreEqual(expected, signature))
            throw new S3Exception(StatusCodes.Status403Forbidden, "SignatureDoesNotMatch", "The signature is not the one this request has with the store's secret key. Check the secret key, and that no proxy changes the request.");
        return key;
    }

    private CredentialScope Scope(string credential)
    {
        // The access key itself may hold slashes.
        var parts = credential.Split('/');
        if (parts.Length < 5 || parts[^1] != "aws4_request" || parts[^2] != "s3")
            throw new S3Exception(StatusCodes.Status400BadRequest, "AuthorizationHeaderMalformed", "The credential must be key/yyyyMMdd/region/s3/aws4_request.");
        var accessKey = string.Join('/', parts[..^4]);
        if (!SigV4.AreEqual(credentials.AccessKey, accessKey))
            throw new S3Exception(StatusCodes.Status403Forbidden, "InvalidAccessKeyId", $"The access key '{accessKey}' is not known here.");
        return new CredentialScope(parts[^4], parts[^3], parts[^2]);
    }

    private static DateTimeOffset Timestamp(string text, CredentialScope scope)
    {
        if (!DateTimeOffset.TryParseExact(text, TimestampFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant))
            throw S3Exception.AccessDenied($"The time '{text}' is not of the form 20130524T000000Z.");
        if (!text.StartsWith(scope.Day, StringComparison.Ordinal) || scope.Day.Length != 8)
            throw S3Exception.AccessDenied($"The credential is of {scope.Day}, the request of {text}.");
        return instant;
    }
}
