using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Maskwright.Artifacts;

/// <summary>
/// The buffers of one upload, handed from part to part and given back to the system with it. They are native: as arrays they
/// would stay with the runtime, and with as many of its threads as had one, long after the upload.
/// </summary>
/// <param name="size">Bytes of each.</param>
internal sealed class PartBuffers(int size) : IDisposable
{
    private readonly ConcurrentBag<Buffer> _free = [];
    private readonly ConcurrentBag<Buffer> _all = [];

    /// <summary>A buffer that nobody else has.</summary>
    internal MemoryManager<byte> Rent()
    {
        if (_free.TryTake(out var free))
            return free;
        var made = new Buffer(size);
        _all.Add(made);
        return made;
    }

    /// <summary>Takes a buffer back.</summary>
    internal void Return(MemoryManager<byte> buffer) => _free.Add((Buffer)buffer);

    /// <summary>Frees all of them. None may be in use.</summary>
    public void Dispose()
    {
        foreach (IDisposable buffer in _all)
            buffer.Dispose();
    }

    private sealed unsafe class Buffer(int size) : MemoryManager<byte>
    {
        private void* _start = NativeMemory.Alloc((nuint)size);

        public override Span<byte> GetSpan()
        {
            ObjectDisposedException.ThrowIf(_start is null, this);
            return new(_start, size);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ObjectDisposedException.ThrowIf(_start is null, this);
            return new((byte*)_start + elementIndex);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
            NativeMemory.Free(_start);
            _start = null;
        }
    }
}
