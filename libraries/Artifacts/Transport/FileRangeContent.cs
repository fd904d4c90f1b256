using System.Buffers;
using System.Net;

namespace Maskwright.Artifacts;

/// <summary>A range of a file as the body of a request, read while it is sent; it can be sent again.</summary>
internal sealed class FileRangeContent(SourceFile file, long offset, long size) : HttpContent
{
    /// <summary>Whether the file gave no more bytes, so that sending again is of no use.</summary>
    internal bool IsBroken => file.Failure is not null;

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(SourceFile.ReadBytes);
        try
        {
            for (var done = 0L; done < size;)
            {
                var read = file.Read(buffer.AsSpan(0, SourceFile.ReadBytes), offset + done, size - done);
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                done += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = size;
        return true;
    }
}
