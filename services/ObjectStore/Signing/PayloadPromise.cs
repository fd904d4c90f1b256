namespace Maskwright.ObjectStore;

/// <summary>What a signed request promises about its body.</summary>
/// <param name="Hash">The value of <c>x-amz-content-sha256</c>: a hex digest, <c>UNSIGNED-PAYLOAD</c>, or one of <c>STREAMING-…</c>.</param>
/// <param name="Chunks">The state from which chunk signatures go on; null for a presigned URL.</param>
internal sealed record PayloadPromise(string Hash, ChunkSigning? Chunks)
{
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>The body's length once decoded, in bytes, where it is known.</summary>
    internal long? LengthOf(HttpRequest request)
    {
        if (!Hash.StartsWith("STREAMING-", StringComparison.Ordinal))
            return request.ContentLength;
        return long.TryParse(request.Headers["x-amz-decoded-content-length"], out var length) && length >= 0
            ? length
            : throw new S3Exception(StatusCodes.Status411LengthRequired, "MissingContentLength", "A chunked upload needs x-amz-decoded-content-length.");
    }

    /// <summary>The body, which throws at its end when it is not what was promised.</summary>
    internal Stream Open(HttpRequest request)
    {
        var body = OpenSigned(request);
        if (ContentChecksum.OfHeaders(request.Headers) is { } checksum)
            return new ChecksumCheckingStream(body, checksum.Algorithm, () => checksum.Value);
        if (body is AwsChunkedStream chunked && ContentChecksum.OfTrailer(request.Headers["x-amz-trailer"]) is { } algorithm)
            return new ChecksumCheckingStream(body, algorithm, () => chunked.Trailers.GetValueOrDefault(ContentChecksum.HeaderPrefix + algorithm));
        return body;
    }

    private Stream OpenSigned(HttpRequest request) => Hash switch
    {
        Unsigned => request.Body,
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" or "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" when Chunks is not null =>
            new AwsChunkedStream(request.BodyReader, Chunks, LengthOf(request)!.Value),
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => new AwsChunkedStream(request.BodyReader, null, LengthOf(request)!.Value),
        { Length: 64 } when Hash.All(char.IsAsciiHexDigitLower) => new DigestCheckingStream(request.Body, Hash),
        _ => throw S3Exception.InvalidArgument($"x-amz-content-sha256 must be a lower-case hex SHA-256, {Unsigned}, or a STREAMING form; '{Hash}' is none."),
    };
}
