using System.Security.Cryptography;

namespace Maskwright.Artifacts;

/// <summary>
/// The bytes of an object that a manifest names, checked as they pass: the end is reached only when size and SHA-256 are the
/// manifest's. Until then they are not known to be right; keep them apart.
/// </summary>
/// <param name="source">Where they come from; owned.</param>
/// <param name="entry">What they must be.</param>
public sealed class VerifiedStream(Stream source, ArtifactEntry entry) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;
    private bool _verified;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <summary>The size that the manifest says.</summary>
    public override long Length => entry.Size;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="ArtifactException">The bytes are not those of the manifest; the message names the object.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || _verified)
            return 0;
        var read = await source.ReadAsync(buffer, cancellationToken);
        if (read == 0)
        {
            entry.VerifySize(_position);
            entry.VerifyDigest(Convert.ToHexStringLower(_hash.GetHashAndReset()));
            _verified = true;
            return 0;
        }

        _position += read;
        if (_position > entry.Size)
            entry.VerifySize(_position);
        _hash.AppendData(buffer.Span[..read]);
        return read;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A verified object is read asynchronously: call ReadAsync.");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
