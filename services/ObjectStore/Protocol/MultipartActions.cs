using System.Globalization;
using System.Xml.Linq;

namespace Maskwright.ObjectStore;

/// <summary>What can be asked of uploads in parts.</summary>
/// <param name="uploads">The uploads.</param>
/// <param name="buckets">The buckets.</param>
/// <param name="objects">Receives bodies.</param>
/// <param name="options">The store's limits.</param>
internal sealed class MultipartActions(MultipartUploads uploads, BucketStore buckets, ObjectActions objects, ObjectStoreOptions options)
{
    private const int PageSize = 1000;
    private static readonly XNamespace Ns = S3Xml.Namespace;

    internal Task BeginAsync(S3Request request)
    {
        var upload = uploads.Begin(
            request.Bucket, request.Key, ObjectHeaders.Of(request.Context.Request),
            isWholeChecksum: string.Equals(request.Header(ContentChecksum.TypeHeader), "FULL_OBJECT", StringComparison.OrdinalIgnoreCase));
        return WriteAsync(request, new XElement(Ns + "InitiateMultipartUploadResult",
            new XElement(Ns + "Bucket", upload.Bucket),
            new XElement(Ns + "Key", upload.Key),
            new XElement(Ns + "UploadId", upload.UploadId)));
    }

    internal async Task PutPartAsync(S3Request request, PayloadPromise payload)
    {
        var upload = Find(request);
        if (!int.TryParse(request.Value("partNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > MultipartUploads.MaxParts)
            throw S3Exception.InvalidArgument($"partNumber must be 1 to {MultipartUploads.MaxParts}.");
        if (request.Header("x-amz-copy-source") is not null)
        {
            using var from = objects.OpenSource(request);
            var range = ByteRange.Parse(request.Header("x-amz-copy-source-range"), from.Record.Size) ?? new ByteRange(0, from.Record.Size);
            using var copy = buckets.Receive(range.Length);
            await copy.AppendAsync(from, range, options.MaxObjectBytes, request.Aborted);
            var kept = await uploads.PutPartAsync(upload, number, copy, new ReceivedBody(Convert.ToHexStringLower(copy.FinishMd5()), Checksum: null), request.Aborted);
            await WriteAsync(request, ObjectActions.CopyResult("CopyPartResult", kept));
            return;
        }

        using var file = buckets.Receive(payload.LengthOf(request.Context.Request));
        var body = await ReceivedBody.ReceiveAsync(request, payload, file, options.MaxObjectBytes);
        await uploads.PutPartAsync(upload, number, file, body, request.Aborted);
        body.Tell(request.Context.Response);
    }

    internal async Task CompleteAsync(S3Request request, PayloadPromise payload)
    {
        var uploadId = request.Value("uploadId") ?? "";
        var document = await S3Xml.ReadAsync(request, payload);
        // Asked again, for instance because the first answer was lost: it is done.
        if (uploads.TryFindCompleted(request.Bucket, request.Key, uploadId) is not { } record)
        {
            var upload = Find(request);
            record = await uploads.CompleteAsync(upload, [.. document.All("Part").Select(PartOf)], ObjectCondition.Of(request), request.Aborted);
        }

        await WriteAsync(request, new XElement(Ns + "CompleteMultipartUploadResult",
            new XElement(Ns + "Location", $"{request.Context.Request.Scheme}://{request.Context.Request.Host}/{request.Bucket}/{PercentEncoding.Encode(request.Key, slash: false)}"),
            new XElement(Ns + "Bucket", request.Bucket),
            new XElement(Ns + "Key", request.Key),
            new XElement(Ns + "ETag", $"\"{record.ETag}\""),
            record.Checksum is not { } checksum ? null : new[]
            {
                new XElement(Ns + $"Checksum{checksum.Algorithm.ToUpperInvariant()}", checksum.Value),
                new XElement(Ns + "ChecksumType", checksum.Type),
            }));
    }

    internal async Task AbortAsync(S3Request request)
    {
        await uploads.AbortAsync(Find(request), request.Aborted);
        request.Context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    internal Task ListPartsAsync(S3Request request)
    {
        var upload = Find(request);
        var after = request.Number("part-number-marker", 0, int.MaxValue, 0);
        var maximum = request.Number("max-parts", 1, PageSize, PageSize);
        var parts = uploads.Parts(upload).Where(p => p.Number > after).Take(maximum + 1).ToList();
        var page = parts.Take(maximum).ToList();
        return WriteAsync(request, new XElement(Ns + "ListPartsResult",
            new XElement(Ns + "Bucket", upload.Bucket),
            new XElement(Ns + "Key", upload.Key),
            new XElement(Ns + "UploadId", upload.UploadId),
            new XElement(Ns + "PartNumberMarker", after),
            new XElement(Ns + "NextPartNumberMarker", page.Count == 0 ? after : page[^1].Number),
            new XElement(Ns + "MaxParts", maximum),
            new XElement(Ns + "IsTruncated", parts.Count > maximum),
            page.Select(p => new XElement(Ns + "Part",
                new XElement(Ns + "PartNumber", p.Number),
                new XElement(Ns + "LastModified", S3Xml.Time(p.Record.LastModified)),
                new XElement(Ns + "ETag", $"\"{p.Record.ETag}\""),
                new XElement(Ns + "Size", p.Record.Size)))));
    }

    internal Task ListUploadsAsync(S3Request request)
    {
        _ = buckets.FolderOf(request.Bucket);
        var prefix = request.Value("prefix") ?? "";
        var keyMarker = request.Value("key-marker") ?? "";
        var idMarker = request.Value("upload-id-marker") ?? "";
        var maximum = request.Number("max-uploads", 1, PageSize, PageSize);
        var url = request.Value("encoding-type") == "url";
        var found = uploads.List(request.Bucket, prefix)
            .SkipWhile(u => string.CompareOrdinal(u.Key, keyMarker) < 0 || (u.Key == keyMarker && (idMarker.Length == 0 || u.UploadId != idMarker)))
            .SkipWhile(u => u.Key == keyMarker && u.UploadId == idMarker)
            .Take(maximum + 1).ToList();
        var page = found.Take(maximum).ToList();
        return WriteAsync(request, new XElement(Ns + "ListMultipartUploadsResult",
            new XElement(Ns + "Bucket", request.Bucket),
            new XElement(Ns + "KeyMarker", Name(keyMarker)),
            new XElement(Ns + "UploadIdMarker", idMarker),
            new XElement(Ns + "NextKeyMarker", page.Count == 0 ? "" : Name(page[^1].Key)),
            new XElement(Ns + "NextUploadIdMarker", page.Count == 0 ? "" : page[^1].UploadId),
            new XElement(Ns + "Prefix", Name(prefix)),
            new XElement(Ns + "MaxUploads", maximum),
            new XElement(Ns + "IsTruncated", found.Count > maximum),
            url ? new XElement(Ns + "EncodingType", "url") : null,
            page.Select(u => new XElement(Ns + "Upload",
                new XElement(Ns + "Key", Name(u.Key)),
                new XElement(Ns + "UploadId", u.UploadId),
                new XElement(Ns + "StorageClass", "STANDARD"),
                new XElement(Ns + "Initiated", S3Xml.Time(u.Initiated))))));

        string Name(string key) => url ? PercentEncoding.Encode(key, slash: false) : key;
    }

    private static ChosenPart PartOf(XElement part) =>
        int.TryParse(part.Text("PartNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && part.Text("ETag") is { } etag
            ? new ChosenPart(number, etag.Trim('"'), part.Elements()
                .Where(e => e.Name.LocalName.StartsWith("Checksum", StringComparison.Ordinal) && e.Name.LocalName != "ChecksumType")
                .Select(e => new ContentChecksum(e.Name.LocalName["Checksum".Length..].ToLowerInvariant(), e.Value))
                .FirstOrDefault())
            : throw S3Exception.MalformedXml("A Part has no PartNumber or no ETag.");

    private UploadRecord Find(S3Request request) => uploads.Find(request.Bucket, request.Key, request.Value("uploadId") ?? "");

    private static Task WriteAsync(S3Request request, XElement root) => S3Xml.WriteAsync(request.Context.Response, root, request.Aborted);
}
