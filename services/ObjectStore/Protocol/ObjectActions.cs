using System.Globalization;
using System.Xml.Linq;

namespace Maskwright.ObjectStore;

/// <summary>What can be asked of an object.</summary>
/// <param name="buckets">The buckets.</param>
/// <param name="options">The store's limits.</param>
internal sealed class ObjectActions(BucketStore buckets, ObjectStoreOptions options)
{
    private const int CopyBytes = 128 * 1024;

    internal async Task PutAsync(S3Request request, PayloadPromise payload)
    {
        _ = buckets.FolderOf(request.Bucket);
        var headers = ObjectHeaders.Of(request.Context.Request);
        using var file = buckets.Receive(payload.LengthOf(request.Context.Request));
        var etag = await ReceiveAsync(request, payload, file);
        await buckets.CommitAsync(request.Bucket, request.Key, file, etag, headers, ObjectCondition.Of(request), request.Aborted);
        request.Context.Response.Headers.ETag = $"\"{etag}\"";
    }

    /// <summary>Receives a body and checks it against the Content-MD5 header, if there is one.</summary>
    /// <returns>Its MD5 in hex.</returns>
    internal async Task<string> ReceiveAsync(S3Request request, PayloadPromise payload, IncomingFile file)
    {
        await using (var body = payload.Open(request.Context.Request))
            await file.AppendAsync(body, options.MaxObjectBytes, request.Aborted);
        var md5 = file.FinishMd5();
        if (request.Header("Content-MD5") is { } promised && promised != Convert.ToBase64String(md5))
            throw new S3Exception(StatusCodes.Status400BadRequest, "BadDigest", $"The body's MD5 is {Convert.ToBase64String(md5)}, Content-MD5 says {promised}.");
        return Convert.ToHexStringLower(md5);
    }

    internal async Task CopyAsync(S3Request request, string source)
    {
        using var from = OpenSource(source);
        var replace = string.Equals(request.Header("x-amz-metadata-directive"), "REPLACE", StringComparison.OrdinalIgnoreCase);
        using var file = buckets.Receive(from.Record.Size);
        file.Append(from, 0, from.Record.Size, options.MaxObjectBytes, request.Aborted);
        var record = await buckets.CommitAsync(
            request.Bucket,
            request.Key,
            file,
            Convert.ToHexStringLower(file.FinishMd5()),
            replace ? ObjectHeaders.Of(request.Context.Request) : from.Record.Headers,
            ObjectCondition.Of(request),
            request.Aborted);
        await S3Xml.WriteAsync(request.Context.Response, CopyResult("CopyObjectResult", record), request.Aborted);
    }

    /// <summary>Opens what an <c>x-amz-copy-source</c> header names.</summary>
    internal ObjectFile OpenSource(string source)
    {
        var path = PercentEncoding.Decode(source.Split('?')[0], plusIsSpace: false).TrimStart('/');
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            throw S3Exception.InvalidArgument("x-amz-copy-source must be bucket/key.");
        return buckets.Open(path[..slash], path[(slash + 1)..]);
    }

    internal static XElement CopyResult(string name, ObjectRecord record) => new(S3Xml.Namespace + name,
        new XElement(S3Xml.Namespace + "LastModified", S3Xml.Time(record.LastModified)),
        new XElement(S3Xml.Namespace + "ETag", $"\"{record.ETag}\""));

    internal async Task GetAsync(S3Request request, bool withBody)
    {
        using var file = buckets.Open(request.Bucket, request.Key);
        var response = request.Context.Response;
        var record = file.Record;
        response.Headers.ETag = $"\"{record.ETag}\"";
        response.Headers.LastModified = record.LastModified.ToString("R", CultureInfo.InvariantCulture);
        var condition = ObjectCondition.Of(request);
        if (!condition.Match(record))
            throw S3Exception.PreconditionFailed($"The object '{request.Key}' has the tag \"{record.ETag}\", not {condition.IfMatch}.");
        if (!condition.NoneMatches(record))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var range = ByteRange.Parse(request.Header("Range"), record.Size);
        var (offset, length) = range ?? new ByteRange(0, record.Size);
        if (range is not null)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {offset}-{offset + length - 1}/{record.Size}";
        }

        response.Headers.AcceptRanges = "bytes";
        response.ContentType = record.Headers.ContentType;
        response.ContentLength = length;
        foreach (var (name, value) in record.Headers.Others)
            response.Headers[name] = value;
        if (withBody)
            await SendAsync(response, file, offset, length, request.Aborted);
    }

    internal async Task DeleteAsync(S3Request request)
    {
        await buckets.DeleteAsync(request.Bucket, request.Key, ObjectCondition.Of(request), request.Aborted);
        request.Context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task SendAsync(HttpResponse response, ObjectFile file, long offset, long length, CancellationToken cancellationToken)
    {
        var writer = response.BodyWriter;
        for (var done = 0L; done < length;)
        {
            // Straight from the file into the connection's own buffers.
            var memory = writer.GetMemory((int)Math.Min(CopyBytes, length - done));
            var count = (int)Math.Min(memory.Length, length - done);
            var read = file.Read(memory.Span[..count], offset + done);
            if (read == 0)
                throw new InvalidDataException($"The file of '{file.Record.Key}' is shorter than its record says.");
            writer.Advance(read);
            done += read;
            await writer.FlushAsync(cancellationToken);
        }
    }
}
