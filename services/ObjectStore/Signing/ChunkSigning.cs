using System.Security.Cryptography;

namespace Maskwright.ObjectStore;

/// <summary>The chain of signatures over the chunks of an aws-chunked body; each signs the one before it.</summary>
/// <param name="signingKey">The key of the request's own signature.</param>
/// <param name="scope">Its scope.</param>
/// <param name="timestamp">Its time, as it was sent.</param>
/// <param name="seed">Its signature.</param>
internal sealed class ChunkSigning(byte[] signingKey, CredentialScope scope, string timestamp, string seed)
{
    private static readonly string EmptyDigest = Convert.ToHexStringLower(SHA256.HashData([]));
    private string _previous = seed;

    /// <summary>Checks the next chunk; the last one is empty.</summary>
    internal void CheckChunk(string dataDigest, string signature) =>
        Check($"AWS4-HMAC-SHA256-PAYLOAD\n{timestamp}\n{scope}\n{_previous}\n{EmptyDigest}\n{dataDigest}", signature);

    /// <summary>Checks the trailing headers.</summary>
    internal void CheckTrailer(string trailerDigest, string signature) =>
        Check($"AWS4-HMAC-SHA256-TRAILER\n{timestamp}\n{scope}\n{_previous}\n{trailerDigest}", signature);

    private void Check(string text, string signature)
    {
        var expected = Convert.ToHexStringLower(SigV4.Hmac(signingKey, text));
        if (!SigV4.AreEqual(expected, signature))
            throw new S3Exception(StatusCodes.Status403Forbidden, "SignatureDoesNotMatch", "The signature of a chunk of the body does not match.");
        _previous = expected;
    }
}
