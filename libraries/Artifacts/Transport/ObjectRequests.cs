using System.Net.Http.Headers;

namespace Maskwright.Artifacts;

/// <summary>Signed requests about objects, over the pooled connections.</summary>
internal sealed class ObjectRequests(HttpClient http, UrlSigner signer)
{
    // A request is checked when it arrives; a body may take as long as it needs after that.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Sends a request and gives the answer as soon as its head is there. The caller disposes it.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The object's key, or empty for the bucket.</param>
    /// <param name="query">The sub-resource, see <see cref="UrlSigner.Sign"/>, or empty.</param>
    /// <param name="content">The body, or null.</param>
    /// <param name="prepare">Adds headers, or null.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="S3ErrorException">The server refused.</exception>
    internal async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string key, string query, HttpContent? content, Action<HttpRequestHeaders>? prepare, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, signer.Sign(method, key, query, Lifetime)) { Content = content };
        prepare?.Invoke(request.Headers);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Writes an object in one request.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="body">Its bytes, with their length.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="onlyIfAbsent">Refuse with 412 when there is an object of this key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal async Task PutAsync(string key, HttpContent body, string contentType, bool onlyIfAbsent, CancellationToken cancellationToken)
    {
        body.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var answer = await SendAsync(
            HttpMethod.Put, key, "", body, onlyIfAbsent ? static headers => headers.IfNoneMatch.Add(EntityTagHeaderValue.Any) : null, cancellationToken);
    }

    /// <summary>Asks for the size, tag and time of an object.</summary>
    internal async Task<ObjectInfo> HeadAsync(string key, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Head, key, "", content: null, prepare: null, cancellationToken);
        var headers = answer.Content.Headers;
        return new ObjectInfo(
            key,
            headers.ContentLength ?? throw new InvalidDataException("the server did not tell the object's size"),
            ETagOf(answer),
            headers.LastModified ?? default);
    }

    /// <summary>The server's tag of the content, without quotes; empty when it gave none.</summary>
    internal static string ETagOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("ETag", out var values) ? values.First().Trim('"') : "";
}
