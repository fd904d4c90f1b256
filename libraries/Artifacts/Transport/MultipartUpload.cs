using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;

namespace Maskwright.Artifacts;

/// <summary>One upload in parts: begun, filled in any order, and completed or aborted.</summary>
internal sealed class MultipartUpload
{
    private static readonly XNamespace S3 = "http://s3.amazonaws.com/doc/2006-03-01/";
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);

    private readonly ObjectRequests _requests;
    private readonly string _key;
    private readonly string _id;

    private MultipartUpload(ObjectRequests requests, string key, string id) => (_requests, _key, _id) = (requests, key, id);

    /// <summary>Begins an upload.</summary>
    internal static async Task<MultipartUpload> BeginAsync(ObjectRequests requests, string key, string contentType, CancellationToken cancellationToken)
    {
        // A body of no bytes, so that the media type has a head to stand in.
        var empty = new ByteArrayContent([]);
        empty.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var answer = await requests.SendAsync(HttpMethod.Post, key, "uploads=", empty, prepare: null, cancellationToken);
        var document = await S3Document.ReadAsync(answer, cancellationToken);
        return new MultipartUpload(requests, key, S3Document.Required(document, "UploadId"));
    }

    /// <summary>Sends one part.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="body">Its bytes, with their length.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The server's tag of it.</returns>
    internal async Task<string> PutPartAsync(int number, HttpContent body, CancellationToken cancellationToken)
    {
        using var answer = await _requests.SendAsync(
            HttpMethod.Put, _key, $"partNumber={number}&uploadId={Uri.EscapeDataString(_id)}", body, prepare: null, cancellationToken);
        return ObjectRequests.ETagOf(answer);
    }

    /// <summary>Makes the parts an object.</summary>
    /// <param name="tags">The parts' tags, in order.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal async Task CompleteAsync(IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        var parts = new XElement(
            S3 + "CompleteMultipartUpload",
            tags.Select((tag, index) => new XElement(S3 + "Part", new XElement(S3 + "PartNumber", index + 1), new XElement(S3 + "ETag", $"\"{tag}\""))));
        var body = new ByteArrayContent(Encoding.UTF8.GetBytes(parts.ToString(SaveOptions.DisableFormatting)));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        using var answer = await _requests.SendAsync(HttpMethod.Post, _key, Resource, body, prepare: null, cancellationToken);
    }

    /// <summary>Makes sure of what a completion made. Its answer proves little (Ceph sends no ETag in it): what is stored does.</summary>
    /// <param name="length">Bytes of all parts.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="InvalidDataException">Not all of them are stored, or more.</exception>
    internal async Task VerifyAsync(long length, CancellationToken cancellationToken)
    {
        var stored = await _requests.HeadAsync(_key, cancellationToken);
        if (stored.Size != length)
            throw new InvalidDataException($"{stored.Size} bytes are stored after {length} were uploaded; upload it again");
    }

    /// <summary>Throws the parts away. That failing is told to the operation; the upload's own failure is what its caller must hear.</summary>
    internal async Task AbortAsync()
    {
        using var deadline = new CancellationTokenSource(AbortTimeout);
        try
        {
            using var answer = await _requests.SendAsync(HttpMethod.Delete, _key, Resource, content: null, prepare: null, deadline.Token);
        }
        catch (Exception error)
        {
            StorageOperation.Current?.Note(error);
        }
    }

    private string Resource => $"uploadId={Uri.EscapeDataString(_id)}";
}
