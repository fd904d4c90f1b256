using System.Net;
using System.Net.Http.Headers;

namespace Maskwright.Artifacts;

/// <summary>
/// An object's bytes as they arrive. A connection that breaks or stalls in the middle is taken up again where it
/// stopped, by a range, as long as the object is still the same one.
/// </summary>
/// <remarks>
/// One signed request, where the SDK's get takes three, and a range that works (the SDK takes a 206 answer to HEAD for an
/// error).
/// </remarks>
internal sealed class ObjectStream : ReadOnceStream
{
    private const int MaxResumptions = 5;
    private static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(30);

    private readonly Func<long, CancellationToken, Task<HttpResponseMessage>> _open;
    private readonly Func<Exception, StorageException?> _name;
    private CancellationTokenSource _stall = new();
    private HttpResponseMessage _response;
    private Stream _body;
    private int _resumptions; // since the last byte that came

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
        ETag = TagOf(response);
        Length = length;
        ObjectLength = response.Content.Headers.ContentRange?.Length ?? length;
    }

    /// <summary>The number of bytes the whole read will give.</summary>
    public override long Length { get; }

    /// <summary>The number of bytes of the object, of which this may be a range.</summary>
    internal long ObjectLength { get; }

    /// <summary>The server's tag of the object; empty when it gave none.</summary>
    internal string ETag { get; }

    /// <summary>Opens an object, or a range of it.</summary>
    /// <param name="requests">The pooled connections.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="name">Names a failure for the caller.</param>
    /// <param name="offset">Where to begin, in bytes.</param>
    /// <param name="length">How many bytes, or null for all that follow.</param>
    /// <param name="mayBeLess">Whether the object may have fewer, which are then given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task<ObjectStream> OpenAsync(
        ObjectRequests requests,
        string key,
        Func<Exception, StorageException?> name,
        long offset,
        long? length,
        bool mayBeLess,
        CancellationToken cancellationToken)
    {
        var response = await SendAsync(offset, cancellationToken);
        try
        {
            var size = response.Content.Headers.ContentLength
                ?? throw new InvalidDataException("the server did not tell the object's size");
            if (length is { } wanted && (mayBeLess ? size > wanted : size != wanted))
                throw new InvalidDataException($"it holds {size} bytes from offset {offset}, {wanted} were asked for");
            var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return new ObjectStream((done, ct) => SendAsync(offset + done, ct), name, response, body, size);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        async Task<HttpResponseMessage> SendAsync(long from, CancellationToken ct)
        {
            var range = from > 0 || length is not null ? new RangeHeaderValue(from, length is { } n ? offset + n - 1 : null) : null;
            var answer = await requests.SendAsync(HttpMethod.Get, key, "", content: null, headers => headers.Range = range, ct);
            if (range is null || answer.StatusCode == HttpStatusCode.PartialContent)
                return answer;
            answer.Dispose();
            throw new InvalidDataException("the server ignores ranges");
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<int> ReadNextAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var read = await ReadOnceAsync(buffer, cancellationToken);
                _resumptions = 0;
                return read;
            }
            catch (Exception error) when ((error is IOException or HttpRequestException) && !cancellationToken.IsCancellationRequested)
            {
                if (_resumptions++ == MaxResumptions)
                    throw _name(error) ?? error;
                await ResumeAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _response.Dispose();
            _stall.Dispose();
        }

        base.Dispose(disposing);
    }

    // One timer and one source for all reads: a gigabyte takes thousands of them.
    private async Task<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!_stall.TryReset())
        {
            _stall.Dispose();
            _stall = new CancellationTokenSource();
        }

        _stall.CancelAfter(StallTimeout);
        try
        {
            int read;
            await using (cancellationToken.UnsafeRegister(static stall => ((CancellationTokenSource)stall!).Cancel(), _stall))
                read = await _body.ReadAsync(buffer, _stall.Token);
            return read > 0 ? read : throw new IOException($"the answer ended after {Position} of {Length} bytes");
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"no byte arrived for {StallTimeout.TotalSeconds:0} s after {Position} of {Length} bytes", error);
        }
        catch (OperationCanceledException error)
        {
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
    }

    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        _response.Dispose();
        try
        {
            _response = await _open(Position, cancellationToken);
            if (TagOf(_response) != ETag)
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

    private static string TagOf(HttpResponseMessage response) => response.Headers.ETag?.Tag ?? "";
}
