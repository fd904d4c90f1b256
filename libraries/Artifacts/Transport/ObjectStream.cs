using System.Net;
using System.Net.Http.Headers;

namespace Maskwright.Artifacts;

/// <summary>
/// An object's bytes as they arrive. A connection that breaks or stalls in the middle is taken up again where it
/// stopped, by a range, as long as the object is still the same one.
/// </summary>
/// <remarks>
/// Reads go through presigned URLs on a pooled <see cref="HttpClient"/>: one request instead of the SDK's three
/// for a get, and a range that works (the SDK takes a 206 answer to HEAD for an error).
/// </remarks>
internal sealed class ObjectStream : Stream
{
    private const int MaxResumptions = 5;
    private static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(30);

    private readonly Func<long, CancellationToken, Task<HttpResponseMessage>> _open;
    private readonly Func<Exception, StorageException?> _name;
    private readonly string _etag;
    private HttpResponseMessage _response;
    private Stream _body;
    private long _position;
    private int _resumptions;

    private ObjectStream(
        Func<long, CancellationToken, Task<HttpResponseMessage>> open,
        Func<Exception, StorageException?> name,
        HttpResponseMessage response,
        Stream body,
        long length)
    {
        _open = open;
        _name = name;
        _response = response;
        _body = body;
        _etag = response.Headers.ETag?.Tag ?? "";
        Length = length;
    }

    /// <summary>The number of bytes the whole read will give.</summary>
    public override long Length { get; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException("An object from storage is read from start to end; ask for a range to read a part.");
    }

    /// <summary>Opens an object, or a range of it.</summary>
    /// <param name="http">The pooled client.</param>
    /// <param name="presign">Gives a URL that may be read now.</param>
    /// <param name="name">Names a failure for the caller.</param>
    /// <param name="offset">Where to begin, in bytes.</param>
    /// <param name="length">How many bytes, or null for all that follow.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task<ObjectStream> OpenAsync(
        HttpClient http,
        Func<Task<Uri>> presign,
        Func<Exception, StorageException?> name,
        long offset,
        long? length,
        CancellationToken cancellationToken)
    {
        var response = await SendAsync(offset, cancellationToken);
        try
        {
            var size = response.Content.Headers.ContentLength
                ?? throw new IOException("the answer has no Content-Length");
            if (length is { } wanted && size != wanted)
                throw new InvalidDataException($"it holds {size} bytes from offset {offset}, {wanted} were asked for");
            var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return new ObjectStream((done, ct) => SendAsync(offset + done, ct), name, response, body, size);
        }
        catch (Exception error)
        {
            response.Dispose();
            if (!cancellationToken.IsCancellationRequested && name(error) is { } named)
                throw named;
            throw;
        }

        async Task<HttpResponseMessage> SendAsync(long from, CancellationToken ct)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, await presign());
            var ranged = from > 0 || length is not null;
            if (ranged)
                request.Headers.Range = new RangeHeaderValue(from, length is { } n ? offset + n - 1 : null);
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!ranged || answer.StatusCode == HttpStatusCode.PartialContent)
                return answer;
            answer.Dispose();
            throw new InvalidDataException("the server ignores ranges");
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || _position == Length)
            return 0;
        while (true)
        {
            try
            {
                var read = await ReadOnceAsync(buffer, cancellationToken);
                _position += read;
                return read;
            }
            catch (Exception error) when (error is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
            {
                if (_resumptions++ == MaxResumptions)
                    throw _name(error) ?? error;
                await ResumeAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("An object from storage is read asynchronously: call ReadAsync.");

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
            _response.Dispose();
        base.Dispose(disposing);
    }

    private async Task<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(StallTimeout);
        try
        {
            var read = await _body.ReadAsync(buffer, stall.Token);
            return read > 0 ? read : throw new IOException($"the answer ended after {_position} of {Length} bytes");
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"no byte arrived for {StallTimeout.TotalSeconds:0} s after {_position} of {Length} bytes", error);
        }
    }

    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        _response.Dispose();
        try
        {
            _response = await _open(_position, cancellationToken);
            if ((_response.Headers.ETag?.Tag ?? "") != _etag)
                throw new InvalidDataException("it was replaced while it was being read");
            _body = await _response.Content.ReadAsStreamAsync(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            if (_name(error) is { } named)
                throw named;
            throw;
        }
    }
}
