using System.Net;

namespace Maskwright.Artifacts;

/// <summary>An answer of the server that says the request failed, before it is named for the caller.</summary>
internal sealed class S3ErrorException(HttpStatusCode status, string code, string message)
    : Exception($"{(int)status} {code}: {message}")
{
    /// <summary>The HTTP status of the answer.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The S3 error code, or the status's name when the body holds none.</summary>
    public string Code { get; } = code;

    /// <summary>The server's own words, possibly empty.</summary>
    public string ServerMessage { get; } = message;
}
