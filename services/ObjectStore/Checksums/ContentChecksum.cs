namespace Maskwright.ObjectStore;

/// <summary>A checksum of an object's content.</summary>
/// <param name="Algorithm">Its name in S3's headers, such as <c>crc32</c>.</param>
/// <param name="Value">Its value, base64; with <c>-N</c> when it is of the checksums of N parts.</param>
internal sealed record ContentChecksum(string Algorithm, string Value)
{
    /// <summary>The header that says of what the checksum is.</summary>
    internal const string TypeHeader = "x-amz-checksum-type";

    /// <summary>What the names of the headers begin with.</summary>
    internal const string HeaderPrefix = "x-amz-checksum-";

    // Headers of this prefix that are no checksums.
    private static readonly string[] Others = ["x-amz-checksum-algorithm", "x-amz-checksum-mode", TypeHeader];

    /// <summary>The header it is told in.</summary>
    internal string HeaderName => HeaderPrefix + Algorithm;

    /// <summary>Whether it is of the parts' checksums, not of the bytes.</summary>
    internal bool IsComposite => Value.Contains('-', StringComparison.Ordinal);

    /// <summary>What S3 calls that.</summary>
    internal string Type => IsComposite ? "COMPOSITE" : "FULL_OBJECT";

    /// <summary>
    /// S3's checksum of an object in parts: that of the parts' checksums one after the other. Null where parts have none or
    /// different ones, and for CRC-64, of which S3 has no such form.
    /// </summary>
    internal static ContentChecksum? OfParts(IReadOnlyList<ObjectRecord> parts)
    {
        if (parts[0].Checksum?.Algorithm is not { } algorithm || algorithm == "crc64nvme" || parts.Any(p => p.Checksum?.Algorithm != algorithm))
            return null;
        using var checksum = RunningChecksum.Of(algorithm);
        foreach (var part in parts)
            checksum.Append(Convert.FromBase64String(part.Checksum!.Value));
        return new ContentChecksum(algorithm, $"{Convert.ToBase64String(checksum.Finish())}-{parts.Count}");
    }

    /// <summary>Tells it in an answer.</summary>
    internal void Tell(HttpResponse response)
    {
        response.Headers[HeaderName] = Value;
        response.Headers[TypeHeader] = Type;
    }

    /// <summary>The checksum that a request's headers promise, or null.</summary>
    internal static ContentChecksum? OfHeaders(IHeaderDictionary headers) => headers
        .Where(h => h.Key.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase) && !Others.Contains(h.Key, StringComparer.OrdinalIgnoreCase))
        .Select(h => new ContentChecksum(h.Key[HeaderPrefix.Length..].ToLowerInvariant(), h.Value.ToString()))
        .FirstOrDefault();

    /// <summary>The algorithm of the checksum that a request promises to send after its body, or null.</summary>
    internal static string? OfTrailer(string? names) => names?.Split(',', StringSplitOptions.TrimEntries)
        .FirstOrDefault(n => n.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))?[HeaderPrefix.Length..].ToLowerInvariant();
}
