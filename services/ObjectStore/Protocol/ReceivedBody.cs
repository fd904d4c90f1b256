namespace Maskwright.ObjectStore;

/// <summary>What is known of a body once it has been received whole.</summary>
/// <param name="ETag">Its MD5 in hex.</param>
/// <param name="Checksum">The checksum that came with it, or null.</param>
internal sealed record ReceivedBody(string ETag, ContentChecksum? Checksum)
{
    /// <summary>Receives a request's body and checks it against all that was promised.</summary>
    /// <exception cref="S3Exception">It is too long or not what was promised.</exception>
    internal static async Task<ReceivedBody> ReceiveAsync(S3Request request, PayloadPromise payload, IncomingFile file, long maximum)
    {
        await using var body = payload.Open(request.Context.Request);
        await file.AppendAsync(body, maximum, request.Aborted);
        var md5 = file.FinishMd5();
        CheckMd5(request, md5);
        return new ReceivedBody(Convert.ToHexStringLower(md5), (body as ChecksumCheckingStream)?.Checked);
    }

    /// <summary>Checks a body's MD5 against the Content-MD5 header, if there is one.</summary>
    /// <exception cref="S3Exception">It has another.</exception>
    internal static void CheckMd5(S3Request request, byte[] md5)
    {
        if (request.Header("Content-MD5") is { } promised && promised != Convert.ToBase64String(md5))
            throw new S3Exception(StatusCodes.Status400BadRequest, "BadDigest", $"The body's MD5 is {Convert.ToBase64String(md5)}, Content-MD5 says {promised}.");
    }

    /// <summary>Tells the client what its body was received as.</summary>
    internal void Tell(HttpResponse response)
    {
        response.Headers.ETag = $"\"{ETag}\"";
        Checksum?.Tell(response);
    }
}
