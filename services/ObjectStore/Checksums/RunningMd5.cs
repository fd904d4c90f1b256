using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Maskwright.ObjectStore;

/// <summary>
/// An MD5 computed as the bytes pass, which S3 makes its tags of. S3 demands it; nothing here trusts it. One call at a time.
/// </summary>
/// <param name="lanes">Does the work of long pieces, beside that of other digests.</param>
internal sealed class RunningMd5(Md5Lanes lanes)
{
    private readonly uint[] _state = Md5Rounds.NewState();
    private readonly byte[] _begun = new byte[Md5Rounds.BlockBytes];
    private long _length;

    /// <summary>Takes the next bytes at once.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        var head = Head(bytes);
        Md5Rounds.Append(_state, bytes[head..^Tail(bytes, head)]);
    }

    /// <summary>Takes the next bytes beside those of other digests. They must stay as they are, and nothing else be asked of this, until that is done.</summary>
    internal Task AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        var head = Head(bytes.Span);
        return lanes.AppendAsync(_state, bytes[head..^Tail(bytes.Span, head)]);
    }

    /// <summary>The digest of all bytes. To be called once, at the end.</summary>
    internal byte[] Finish()
    {
        var bits = _length * 8;
        var filled = (int)(_length % Md5Rounds.BlockBytes);
        Span<byte> end = stackalloc byte[filled < Md5Rounds.BlockBytes - sizeof(long) ? Md5Rounds.BlockBytes : 2 * Md5Rounds.BlockBytes];
        end.Clear();
        _begun.AsSpan(0, filled).CopyTo(end);
        end[filled] = 0x80;
        BinaryPrimitives.WriteInt64LittleEndian(end[^sizeof(long)..], bits);
        Md5Rounds.Append(_state, end);
        return MemoryMarshal.AsBytes(_state.AsSpan()).ToArray();
    }

    // Fills the block that was begun. Gives how many bytes that took.
    private int Head(ReadOnlySpan<byte> bytes)
    {
        var filled = (int)(_length % Md5Rounds.BlockBytes);
        if (filled == 0)
            return 0;
        var head = Math.Min(Md5Rounds.BlockBytes - filled, bytes.Length);
        bytes[..head].CopyTo(_begun.AsSpan(filled));
        if (filled + head == Md5Rounds.BlockBytes)
            Md5Rounds.Append(_state, _begun);
        _length += head;
        return head;
    }

    // Begins a block with what is left after whole ones. Gives how many bytes that are.
    private int Tail(ReadOnlySpan<byte> bytes, int head)
    {
        var rest = bytes[head..];
        var tail = rest.Length % Md5Rounds.BlockBytes;
        rest[^tail..].CopyTo(_begun);
        _length += rest.Length;
        return tail;
    }
}
