using System.Globalization;

namespace Maskwright.ObjectStore;

/// <summary>The answer to a request for an object: its headers, then its bytes.</summary>
internal static class ObjectAnswer
{
    // Headers that whoever signs a request may have answered otherwise, by the name in the query.
    private static readonly Dictionary<string, string> Overrides = new(StringComparer.Ordinal)
    {
        ["response-content-type"] = "Content-Type",
        ["response-content-language"] = "Content-Language",
        ["response-content-disposition"] = "Content-Disposition",
        ["response-content-encoding"] = "Content-Encoding",
        ["response-cache-control"] = "Cache-Control",
        ["response-expires"] = "Expires",
    };

    /// <summary>Sets status and headers.</summary>
    /// <returns>The bytes to send, or null when the client has them already.</returns>
    /// <exception cref="S3Exception">A condition does not hold, or the range lies beyond the object.</exception>
    internal static ByteRange? Begin(S3Request request, ObjectRecord record)
    {
        var response = request.Context.Response;
        response.Headers.ETag = $"\"{record.ETag}\"";
        response.Headers.LastModified = record.LastModified.ToString("R", CultureInfo.InvariantCulture);
        if (!ObjectCondition.Of(request).CheckRead(record))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return null;
        }

        var range = PartRange(request, record) ?? ByteRange.Parse(request.Header("Range"), record.Size);
        var sent = range ?? new ByteRange(0, record.Size);
        if (range is not null)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {sent.Offset}-{sent.Offset + sent.Length - 1}/{record.Size}";
        }

        response.Headers.AcceptRanges = "bytes";
        response.ContentType = record.Headers.ContentType;
        response.ContentLength = sent.Length;
        foreach (var (name, value) in record.Headers.Others)
            response.Headers[name] = value;
        if (record.Headers.Tags is { } tags)
            response.Headers["x-amz-tagging-count"] = tags.Count.ToString(CultureInfo.InvariantCulture);
        // It is of the whole object: told with a part of it, clients would check that part against it.
        if (record.Checksum is { } checksum && range is null && string.Equals(request.Header("x-amz-checksum-mode"), "ENABLED", StringComparison.OrdinalIgnoreCase))
            checksum.Tell(response);
        foreach (var (name, header) in Overrides)
        {
            if (request.Value(name) is { Length: > 0 } value)
                response.Headers[header] = value;
        }

        return sent;
    }

    /// <summary>Sends the bytes.</summary>
    /// <exception cref="InvalidDataException">The file is shorter than its record says.</exception>
    internal static async Task SendAsync(S3Request request, ObjectFile file, ByteRange range)
    {
        var writer = request.Context.Response.BodyWriter;
        for (var done = 0L; done < range.Length;)
        {
            // Straight from the file into the connection's own buffers.
            var memory = writer.GetMemory((int)Math.Min(StoreBuffers.BlockBytes, range.Length - done));
            var count = (int)Math.Min(memory.Length, range.Length - done);
            var read = file.Read(memory.Span[..count], range.Offset + done);
            if (read == 0)
                throw new InvalidDataException($"The file of '{file.Record.Key}' is shorter than its record says.");
            writer.Advance(read);
            done += read;
            await writer.FlushAsync(request.Aborted);
        }
    }

    private static ByteRange? PartRange(S3Request request, ObjectRecord record)
    {
        if (request.Value("partNumber") is null)
            return null;
        var number = request.Number("partNumber", 1, MultipartUploads.MaxParts, 1);
        if (record.Parts is { } parts)
            request.Context.Response.Headers["x-amz-mp-parts-count"] = parts.Numbers.Count.ToString(CultureInfo.InvariantCulture);
        var range = record.Parts is { } list ? list.RangeOf(number) : number == 1 ? new ByteRange(0, record.Size) : null;
        return range ?? throw new S3Exception(StatusCodes.Status416RangeNotSatisfiable, "InvalidPartNumber", $"The object has no part {number}.");
    }
}
