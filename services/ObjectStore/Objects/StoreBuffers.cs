using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Maskwright.ObjectStore;

/// <summary>
/// The buffers that bytes pass through between network and disk: 128 KiB each, where the server's own have 4 KiB, so that a
/// large body takes few calls into the operating system. Few are kept: the base library's pool keeps some for every thread.
/// A connection that waits holds none.
/// </summary>
internal sealed class StoreBuffers : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of a buffer.</summary>
    internal const int BlockBytes = 128 * 1024;

    private const int MostKept = 64;
    private readonly ConcurrentQueue<byte[]> _free = new();

    private StoreBuffers()
    {
    }

    /// <summary>The buffers of this process.</summary>
    internal static new StoreBuffers Shared { get; } = new();

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockBytes;

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        // Pinned, because the operating system writes into it.
        return new Block(this, _free.TryDequeue(out var bytes) ? bytes : GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _free.Clear();

    private sealed class Block(StoreBuffers pool, byte[] bytes) : IMemoryOwner<byte>
    {
        private byte[]? _bytes = bytes;

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is { } free && pool._free.Count < MostKept)
                pool._free.Enqueue(free);
        }
    }
}
