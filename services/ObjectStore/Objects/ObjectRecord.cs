using System.Text.Json.Serialization;

namespace Maskwright.ObjectStore;

/// <summary>What is kept about an object beside its bytes.</summary>
internal sealed record ObjectRecord
{
    /// <summary>The key, or the upload's key for a part.</summary>
    public required string Key { get; init; }

    /// <summary>Length of the content in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The tag without quotes: MD5 in hex, with <c>-N</c> after N parts.</summary>
    public required string ETag { get; init; }

    /// <summary>When it was written, in UTC.</summary>
    public required DateTimeOffset LastModified { get; init; }

    /// <summary>What the writer said about it.</summary>
    public required ObjectHeaders Headers { get; init; }

    /// <summary>The checksum its writer sent along, or that of its parts' checksums; null for none.</summary>
    public ContentChecksum? Checksum { get; init; }

    /// <summary>Where the content lies when it was uploaded in parts; null when it lies in the object's own file.</summary>
    public PartList? Parts { get; init; }
}

/// <summary>What the writer of an object says about it, given back with it.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="Others">Other headers: <c>x-amz-meta-…</c>, <c>Cache-Control</c> and the like.</param>
/// <param name="Tags">Its tags; null for none.</param>
internal sealed record ObjectHeaders(string ContentType, IReadOnlyDictionary<string, string> Others, IReadOnlyDictionary<string, string>? Tags = null)
{
    /// <summary>The header that sets tags along with the object.</summary>
    internal const string TaggingHeader = "x-amz-tagging";

    private const string MetadataPrefix = "x-amz-meta-";
    private const int MaxBytes = 2 * 1024;
    private static readonly string[] Kept = ["Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"];

    /// <summary>Takes them from a request.</summary>
    /// <exception cref="S3Exception">They are longer than S3 allows.</exception>
    internal static ObjectHeaders Of(HttpRequest request)
    {
        var others = request.Headers
            .Where(h => h.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase) || Kept.Contains(h.Key, StringComparer.OrdinalIgnoreCase))
            .Select(h => (Name: h.Key.ToLowerInvariant(), Value: h.Value.ToString()))
            // aws-chunked is the way the body came, not what it is.
            .Select(h => h.Name == "content-encoding" ? h with { Value = WithoutChunking(h.Value) } : h)
            .Where(h => h.Value.Length > 0)
            .ToDictionary(h => h.Name, h => h.Value, StringComparer.Ordinal);
        if (others.Sum(h => h.Key.Length + h.Value.Length) > MaxBytes)
            throw new S3Exception(StatusCodes.Status400BadRequest, "MetadataTooLarge", $"The headers kept with an object may have at most {MaxBytes} bytes.");
        return new ObjectHeaders(request.ContentType is { Length: > 0 } type ? type : "application/octet-stream", others, ObjectTags.OfHeader(request.Headers[TaggingHeader]));
    }

    private static string WithoutChunking(string encoding) =>
        string.Join(", ", encoding.Split(',', StringSplitOptions.TrimEntries).Where(e => e is not ("aws-chunked" or "")));
}

/// <summary>An upload in parts that is not complete.</summary>
internal sealed record UploadRecord(string UploadId, string Bucket, string Key, DateTimeOffset Initiated, ObjectHeaders Headers, bool IsWholeChecksum = false);

/// <summary>The pair of keys that may use the store.</summary>
/// <param name="AccessKey">The public half.</param>
/// <param name="SecretKey">The secret half.</param>
internal sealed record StoreCredentials(string AccessKey, string SecretKey)
{
    /// <summary>The public half only.</summary>
    public override string ToString() => AccessKey;
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ObjectRecord))]
[JsonSerializable(typeof(UploadRecord))]
[JsonSerializable(typeof(StoreCredentials))]
internal sealed partial class StoreJson : JsonSerializerContext;
