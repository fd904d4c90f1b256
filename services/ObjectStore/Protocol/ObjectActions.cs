using System.Xml.Linq;

namespace Maskwright.ObjectStore;

/// <summary>What can be asked of an object.</summary>
/// <param name="buckets">The buckets.</param>
/// <param name="options">The store's limits.</param>
internal sealed class ObjectActions(BucketStore buckets, ObjectStoreOptions options)
{
    private const string CopySource = "x-amz-copy-source";

    internal async Task PutAsync(S3Request request, PayloadPromise payload)
    {
        _ = buckets.FolderOf(request.Bucket);
        var headers = ObjectHeaders.Of(request.Context.Request);
        using var file = buckets.Receive(payload.LengthOf(request.Context.Request));
        var body = await ReceivedBody.ReceiveAsync(request, payload, file, options.MaxObjectBytes);
        var record = new ObjectRecord { Key = request.Key, Size = file.Size, ETag = body.ETag, LastModified = buckets.Now(), Headers = headers, Checksum = body.Checksum };
        await buckets.CommitAsync(request.Bucket, record, file, ObjectCondition.Of(request), request.Aborted);
        body.Tell(request.Context.Response);
    }

    internal async Task CopyAsync(S3Request request)
    {
        var source = SourceOf(request);
        using var from = OpenSource(request, source);
        var replace = IsReplace("x-amz-metadata-directive");
        if (source == (request.Bucket, request.Key) && !replace && !IsReplace("x-amz-tagging-directive"))
            throw S3Exception.InvalidRequest("A copy of an object onto itself changes nothing: set x-amz-metadata-directive to REPLACE to give it other headers.");
        var given = ObjectHeaders.Of(request.Context.Request);
        var headers = (replace ? given : from.Record.Headers) with { Tags = (IsReplace("x-amz-tagging-directive") ? given : from.Record.Headers).Tags };
        using var file = buckets.Receive(from.Record.Size);
        await file.AppendAsync(from, new ByteRange(0, from.Record.Size), options.MaxObjectBytes, request.Aborted);
        var record = new ObjectRecord
        {
            Key = request.Key,
            Size = file.Size,
            ETag = Convert.ToHexStringLower(file.FinishMd5()),
            LastModified = buckets.Now(),
            Headers = headers,
            // A copy is in one piece.
            Checksum = from.Record.Checksum is { IsComposite: false } checksum ? checksum : null,
        };
        await buckets.CommitAsync(request.Bucket, record, file, ObjectCondition.Of(request), request.Aborted);
        await S3Xml.WriteAsync(request.Context.Response, CopyResult("CopyObjectResult", record), request.Aborted);

        bool IsReplace(string directive) => string.Equals(request.Header(directive), "REPLACE", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Opens what a copy's header names, if its conditions hold.</summary>
    internal ObjectFile OpenSource(S3Request request) =>
        OpenSource(request, SourceOf(request));

    internal static XElement CopyResult(string name, ObjectRecord record) => new(S3Xml.Namespace + name,
        new XElement(S3Xml.Namespace + "LastModified", S3Xml.Time(record.LastModified)),
        new XElement(S3Xml.Namespace + "ETag", $"\"{record.ETag}\""));

    internal async Task GetAsync(S3Request request, bool withBody)
    {
        using var file = buckets.Open(request.Bucket, request.Key);
        if (ObjectAnswer.Begin(request, file.Record) is { } range && withBody)
            await ObjectAnswer.SendAsync(request, file, range);
    }

    internal async Task DeleteAsync(S3Request request)
    {
        await buckets.DeleteAsync(request.Bucket, request.Key, ObjectCondition.Of(request), request.Aborted);
        request.Context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    internal async Task GetTagsAsync(S3Request request)
    {
        using var file = buckets.Open(request.Bucket, request.Key);
        await S3Xml.WriteAsync(request.Context.Response, ObjectTags.ToDocument(file.Record.Headers.Tags), request.Aborted);
    }

    internal async Task PutTagsAsync(S3Request request, PayloadPromise payload) =>
        await ReplaceTagsAsync(request, ObjectTags.OfDocument(await S3Xml.ReadAsync(request, payload)));

    internal async Task DeleteTagsAsync(S3Request request)
    {
        await ReplaceTagsAsync(request, null);
        request.Context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // Content and record are one file: it is written anew, unless the content lies in parts.
    private async Task ReplaceTagsAsync(S3Request request, IReadOnlyDictionary<string, string>? tags)
    {
        while (true)
        {
            using var current = buckets.Open(request.Bucket, request.Key);
            var record = current.Record;
            using var file = buckets.Receive(record.Parts is null ? record.Size : null);
            if (record.Parts is null)
                await file.AppendAsync(current, new ByteRange(0, record.Size), options.MaxObjectBytes, request.Aborted);
            if (await buckets.TryUpdateAsync(request.Bucket, record, record with { Headers = record.Headers with { Tags = tags } }, file, request.Aborted))
                return;
        }
    }

    private static (string Bucket, string Key) SourceOf(S3Request request)
    {
        var path = PercentEncoding.Decode(request.Header(CopySource)!.Split('?')[0], plusIsSpace: false).TrimStart('/');
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? throw S3Exception.InvalidArgument($"{CopySource} must be bucket/key.") : (path[..slash], path[(slash + 1)..]);
    }

    private ObjectFile OpenSource(S3Request request, (string Bucket, string Key) source)
    {
        var file = buckets.Open(source.Bucket, source.Key);
        try
        {
            return ObjectCondition.Of(request, CopySource + "-").CheckRead(file.Record)
                ? file
                : throw S3Exception.PreconditionFailed($"The source '{source.Key}' is the one that the conditions of the copy exclude.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
