using System.Net;
using System.Xml;

namespace Maskwright.Artifacts;

/// <summary>
/// Turns every failed answer into an <see cref="S3ErrorException"/> before the SDK sees it.
/// </summary>
/// <remarks>
/// Minio 7.0.0 maps errors by their body: an empty one (every HEAD, many proxies) ends in
/// <see cref="NullReferenceException"/>, one without Message in <see cref="ArgumentNullException"/>, and an
/// error inside a 200 answer to CompleteMultipartUpload counts as success. Exceptions thrown by a handler pass
/// through the SDK unchanged, so here is the one place where all of that is put right.
/// </remarks>
internal sealed class S3ErrorHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MaxErrorBytes = 64 * 1024;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && !IsMultipartCompletion(request))
            return response;

        if (response.IsSuccessStatusCode)
        {
            await response.Content.LoadIntoBufferAsync(MaxErrorBytes, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (ReadError(body) is not { } hidden)
                return response;
            response.Dispose();
            throw new S3ErrorException(response.StatusCode, hidden.Code, hidden.Message);
        }

        using (response)
        {
            var body = await ReadBoundedAsync(response, cancellationToken);
            var (code, message) = ReadError(body) ?? (CodeWithoutBody(request, response.StatusCode), "");
            throw new S3ErrorException(response.StatusCode, code, message);
        }
    }

    private static bool IsMultipartCompletion(HttpRequestMessage request) =>
        request.Method == HttpMethod.Post
        && request.RequestUri!.Query.Contains("uploadId=", StringComparison.Ordinal);

    // A HEAD answer has no body: what is missing shows from the path, which ends in '/' for a bucket.
    private static string CodeWithoutBody(HttpRequestMessage request, HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => request.RequestUri!.AbsolutePath.EndsWith('/') ? "NoSuchBucket" : "NoSuchKey",
        _ => status.ToString(),
    };

    private static async Task<byte[]> ReadBoundedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxErrorBytes];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer[..length];
    }

    private static (string Code, string Message)? ReadError(byte[] body)
    {
        if (body.Length == 0)
            return null;
        try
        {
            var root = S3Document.Parse(new MemoryStream(body));
            return root.Name.LocalName == "Error"
                ? (S3Document.Optional(root, "Code") ?? "UnknownError", S3Document.Optional(root, "Message") ?? "")
                : null;
        }
        catch (XmlException)
        {
            // Not S3's XML (a proxy's page, say): the status alone is the error.
            return null;
        }
    }
}
