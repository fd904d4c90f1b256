using System.Security.Cryptography;

namespace Maskwright.Datasets;

/// <summary>Digests and counts what is read through it. Does not own the stream below.</summary>
/// <param name="source">Read from start to end.</param>
/// <param name="read">Told how many bytes each read gave.</param>
internal sealed class ObservedStream(Stream source, Action<int> read) : ReadingStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>SHA-256 of all that was read, lower-case hex. To be called once, at the end.</summary>
    public string FinishDigest() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await source.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..count]);
        read(count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}
