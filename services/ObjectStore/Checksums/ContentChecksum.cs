namespace Maskwright.ObjectStore;

/// <summary>A checksum of an object's content.</summary>
/// <param name="Algorithm">Its name in S3's headers, such as <c>crc32</c>.</param>
/// <param name="Value">Its value, base64.</param>
internal sealed record ContentChecksum(string Algorithm, string Value)
{
    /// <summary>What the names of the headers begin with.</summary>
    internal const string HeaderPrefix = "x-amz-checksum-";

    // Headers of this prefix that are no checksums.
    private static readonly string[] Others = ["x-amz-checksum-algorithm", "x-amz-checksum-mode", "x-amz-checksum-type"];

    /// <summary>The header it is told in.</summary>
    internal string HeaderName => HeaderPrefix + Algorithm;

    /// <summary>The checksum that a request's headers promise, or null.</summary>
    internal static ContentChecksum? OfHeaders(IHeaderDictionary headers) => headers
        .Where(h => h.Key.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase) && !Others.Contains(h.Key, StringComparer.OrdinalIgnoreCase))
        .Select(h => new ContentChecksum(h.Key[HeaderPrefix.Length..].ToLowerInvariant(), h.Value.ToString()))
        .FirstOrDefault();

    /// <summary>The algorithm of the checksum that a request promises to send after its body, or null.</summary>
    internal static string? OfTrailer(string? names) => names?.Split(',', StringSplitOptions.TrimEntries)
        .FirstOrDefault(n => n.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))?[HeaderPrefix.Length..].ToLowerInvariant();
}
