using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Maskwright.ObjectStore;

/// <summary>
/// The buffers bytes pass through between the network and the store: 64 KiB each, where the server's own have 4 KiB. A large
/// body then takes a sixteenth of the calls into the operating system. A connection that waits holds none.
/// </summary>
internal sealed class NetworkBuffers : IMemoryPoolFactory<byte>
{
    private const int BlockBytes = 64 * 1024;
    private const int MostKept = 32;

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private readonly ConcurrentQueue<byte[]> _free = new();

        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
            // Pinned, because the operating system writes into it.
            return new Block(this, _free.TryDequeue(out var bytes) ? bytes : GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true));
        }

        protected override void Dispose(bool disposing) => _free.Clear();

        private sealed class Block(Pool pool, byte[] bytes) : IMemoryOwner<byte>
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
}
