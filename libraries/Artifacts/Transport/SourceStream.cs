using System.Runtime.ExceptionServices;
using System.Security.Cryptography;

namespace Maskwright.Artifacts;

/// <summary>The bytes of an upload, or of a part of one: exactly as many as were promised, or a clear refusal.</summary>
/// <param name="source">Where they come from; not owned.</param>
/// <param name="length">How many there must be.</param>
/// <param name="key">The object's key, for the message.</param>
/// <param name="hash">Takes every byte that passes, or null.</param>
internal sealed class SourceStream(Stream source, long length, string key, IncrementalHash? hash = null) : ReadOnceStream
{
    /// <summary>Why the source gave no more bytes, or null. HTTP clients hide it behind a failure of the connection.</summary>
    internal ExceptionDispatchInfo? Failure { get; private set; }

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadNextAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var read = await source.ReadAsync(buffer, cancellationToken);
            hash?.AppendData(buffer.Span[..read]);
            return read > 0
                ? read
                : throw new EndOfStreamException($"The stream for '{key}' ended after {Position} of {length} bytes. Give its true length; nothing was stored.");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Failure = ExceptionDispatchInfo.Capture(error);
            throw;
        }
    }
}
