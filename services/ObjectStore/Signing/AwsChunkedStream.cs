using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;

namespace Maskwright.ObjectStore;

/// <summary>
/// Decodes an <c>aws-chunked</c> body: <c>size[;chunk-signature=…]CRLF data CRLF</c>, an empty chunk last, then trailing headers.
/// </summary>
/// <param name="body">The body as it arrives; completed by whoever made it.</param>
/// <param name="signing">Checks the chunks' signatures; null when they have none.</param>
/// <param name="length">How many bytes the decoded body must have.</param>
internal sealed class AwsChunkedStream(PipeReader body, ChunkSigning? signing, long length) : ReadOnlyStream
{
    private const int MaxLineBytes = 8 * 1024;
    private const int MaxTrailers = 16;
    private readonly IncrementalHash _chunkHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _remaining;
    private long _total;
    private string? _signature;
    private bool _inChunk;
    private bool _ended;

    /// <summary>The headers that followed the body, once it has been read, by lower-case name.</summary>
    internal Dictionary<string, string> Trailers { get; } = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.Length == 0)
            return 0;
        if (_remaining == 0 && !await BeginChunkAsync(cancellationToken))
            return 0;

        var result = await body.ReadAsync(cancellationToken);
        if (result.Buffer.IsEmpty)
        {
            body.AdvanceTo(result.Buffer.Start);
            throw S3Exception.IncompleteBody("The body ends in the middle of a chunk.");
        }

        var count = (int)Math.Min(Math.Min(buffer.Length, _remaining), result.Buffer.Length);
        result.Buffer.Slice(0, count).CopyTo(buffer.Span);
        body.AdvanceTo(result.Buffer.GetPosition(count));
        if (signing is not null)
            _chunkHash.AppendData(buffer.Span[..count]);
        _remaining -= count;
        _total += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _chunkHash.Dispose();
        base.Dispose(disposing);
    }

    private async Task<bool> BeginChunkAsync(CancellationToken cancellationToken)
    {
        if (_inChunk)
        {
            if (await ReadLineAsync(cancellationToken) is not "")
                throw S3Exception.InvalidRequest("A chunk of the body does not end with CRLF.");
            EndChunk();
        }

        var line = await ReadLineAsync(cancellationToken);
        var semicolon = line.IndexOf(';', StringComparison.Ordinal);
        var digits = semicolon < 0 ? line : line[..semicolon];
        if (!long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _remaining) || _remaining < 0)
            throw S3Exception.InvalidRequest("A chunk of the body has no valid size.");
        if (_remaining > length - _total)
            throw S3Exception.InvalidRequest($"The body is longer than the {length} bytes of x-amz-decoded-content-length.");
        const string Name = "chunk-signature=";
        var at = line.IndexOf(Name, StringComparison.Ordinal);
        _signature = at < 0 ? null : line[(at + Name.Length)..];
        _inChunk = _remaining > 0;
        if (_inChunk)
            return true;

        EndChunk();
        await ReadTrailersAsync(cancellationToken);
        if (_total != length)
            throw S3Exception.IncompleteBody($"The body has {_total} bytes, x-amz-decoded-content-length says {length}.");
        _ended = true;
        return false;
    }

    private void EndChunk()
    {
        if (signing is null)
            return;
        var digest = Convert.ToHexStringLower(_chunkHash.GetHashAndReset());
        signing.CheckChunk(digest, _signature ?? "");
    }

    private async Task ReadTrailersAsync(CancellationToken cancellationToken)
    {
        const string SignatureName = "x-amz-trailer-signature:";
        var trailers = new StringBuilder();
        var isSigned = false;
        for (var i = 0; i <= MaxTrailers; i++)
        {
            var line = await ReadLineAsync(cancellationToken, mayEnd: true);
            if (line.Length == 0)
            {
                if (signing is not null && trailers.Length > 0 && !isSigned)
                    throw S3Exception.AccessDenied("The body's trailing headers are not signed.");
                return;
            }

            if (line.StartsWith(SignatureName, StringComparison.OrdinalIgnoreCase))
            {
                var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(trailers.ToString())));
                signing?.CheckTrailer(digest, line[SignatureName.Length..].Trim());
                isSigned = true;
            }
            else
            {
                trailers.Append(line).Append('\n');
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon < 0)
                    throw new S3Exception(StatusCodes.Status400BadRequest, "MalformedTrailerError", "A trailing header of the body has no ':'.");
                Trailers[line[..colon].Trim().ToLowerInvariant()] = line[(colon + 1)..].Trim();
            }
        }

        throw S3Exception.InvalidRequest($"The body has more than {MaxTrailers} trailing headers.");
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken, bool mayEnd = false)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.ASCII.GetString(buffer.Slice(0, end));
                body.AdvanceTo(buffer.GetPosition(1, end));
                return line.TrimEnd('\r');
            }

            var over = buffer.Length > MaxLineBytes;
            var empty = buffer.IsEmpty;
            body.AdvanceTo(buffer.Start, buffer.End);
            if (over)
                throw S3Exception.InvalidRequest("A line of the chunked body is too long.");
            if (result.IsCompleted)
                return empty && mayEnd ? "" : throw S3Exception.IncompleteBody("The chunked body ends too soon.");
        }
    }
}
