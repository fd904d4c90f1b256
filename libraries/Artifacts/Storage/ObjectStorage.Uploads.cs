using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Maskwright.Artifacts;

/// <content>Uploads in parts that were never finished. Their parts take space and no listing of objects shows them.</content>
public sealed partial class ObjectStorage
{
    /// <summary>Lists unfinished uploads whose key begins with a prefix, page by page.</summary>
    /// <param name="prefix">The beginning of the keys; empty for the whole bucket.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<UnfinishedUpload> ListUploadsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        string? keyMarker = null, uploadMarker = null;
        do
        {
            var query = string.Concat(
                keyMarker is null ? "" : $"key-marker={Uri.EscapeDataString(keyMarker)}&",
                $"prefix={Uri.EscapeDataString(prefix)}",
                uploadMarker is null ? "" : $"&upload-id-marker={Uri.EscapeDataString(uploadMarker)}",
                "&uploads=");
            var page = await RunAsync("list-uploads", prefix, async _ =>
            {
                using var answer = await _requests.SendAsync(HttpMethod.Get, "", query, content: null, prepare: null, cancellationToken);
                return await S3Document.ReadAsync(answer, cancellationToken);
            }, cancellationToken);
            foreach (var upload in S3Document.All(page, "Upload"))
                yield return Read(upload);

            var isLast = S3Document.Optional(page, "IsTruncated") != "true";
            keyMarker = isLast ? null : S3Document.Required(page, "NextKeyMarker");
            uploadMarker = isLast ? null : S3Document.Optional(page, "NextUploadIdMarker");
        }
        while (keyMarker is not null);
    }

    /// <summary>Throws an unfinished upload and its parts away. One that is gone meanwhile is no error.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task AbortUploadAsync(UnfinishedUpload upload, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(upload);
        return RunAsync("abort-upload", upload.Key, async _ =>
        {
            try
            {
                using var answer = await _requests.SendAsync(
                    HttpMethod.Delete, upload.Key, $"uploadId={Uri.EscapeDataString(upload.UploadId)}", content: null, prepare: null, cancellationToken);
            }
            catch (S3ErrorException error) when (error is { Status: HttpStatusCode.NotFound, Code: "NoSuchUpload" or "NoSuchKey" })
            {
                // Completed or aborted elsewhere.
            }
        }, cancellationToken);
    }

    private static UnfinishedUpload Read(XElement upload) => new(
        S3Document.Required(upload, "Key"),
        S3Document.Required(upload, "UploadId"),
        DateTimeOffset.Parse(S3Document.Required(upload, "Initiated"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal));
}
