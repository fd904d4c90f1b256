namespace Maskwright.ObjectStore;

/// <summary>A body that comes with a checksum: reading its end throws when it has another.</summary>
/// <param name="body">The body.</param>
/// <param name="algorithm">The checksum's name in S3's headers.</param>
/// <param name="promised">Gives the value that was promised, once the body has been read; null when it was not sent.</param>
internal sealed class ChecksumCheckingStream(Stream body, string algorithm, Func<string?> promised) : ReadOnlyStream
{
    private readonly RunningChecksum _checksum = RunningChecksum.Of(algorithm);

    /// <summary>The checksum, once the body has been read.</summary>
    internal ContentChecksum? Checked { get; private set; }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Checked is not null || buffer.Length == 0)
            return 0;
        var read = await body.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            _checksum.Append(buffer.Span[..read]);
            return read;
        }

        var actual = Convert.ToBase64String(_checksum.Finish());
        var expected = promised() ?? throw new S3Exception(StatusCodes.Status400BadRequest, "MalformedTrailerError", $"The body is not followed by the {ContentChecksum.HeaderPrefix}{algorithm} that x-amz-trailer promises.");
        if (!SigV4.AreEqual(expected, actual))
            throw new S3Exception(StatusCodes.Status400BadRequest, "BadDigest", $"The body's {algorithm} is {actual}, {ContentChecksum.HeaderPrefix}{algorithm} says {expected}.");
        Checked = new ContentChecksum(algorithm, actual);
        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _checksum.Dispose();
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
