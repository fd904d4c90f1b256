using System.Security.Cryptography;

namespace Maskwright.ObjectStore;

/// <summary>A body whose SHA-256 was signed: reading its end throws when it has another.</summary>
internal sealed class DigestCheckingStream(Stream body, string expected) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _ended;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.Length == 0)
            return 0;
        var read = await body.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            _hash.AppendData(buffer.Span[..read]);
            return read;
        }

        _ended = true;
        var actual = Convert.ToHexStringLower(_hash.GetHashAndReset());
        return SigV4.AreEqual(expected, actual)
            ? 0
            : throw new S3Exception(StatusCodes.Status400BadRequest, "XAmzContentSHA256Mismatch", $"The body's SHA-256 is {actual}, signed was {expected}.");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}
