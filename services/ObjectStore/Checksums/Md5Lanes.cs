using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.Intrinsics;

namespace Maskwright.ObjectStore;

/// <summary>
/// Where MD5s that are computed at the same time meet, to be worked side by side: the more there are at once, the less each
/// costs. Nobody waits for company: what comes while others are worked joins them at their next stride.
/// </summary>
internal sealed class Md5Lanes
{
    // How far all go before others may join them.
    private const int StrideBytes = 8 * 1024;

    // Fewer are quicker one after the other.
    private const int LeastSideBySide = 3;
    private readonly ConcurrentQueue<Piece> _waiting = new();
    private int _workers;

    /// <summary>Takes blocks into a digest when their turn comes.</summary>
    /// <param name="state">The digest's words, nobody else's until then.</param>
    /// <param name="blocks">Whole blocks, which stay as they are until then.</param>
    internal Task AppendAsync(uint[] state, ReadOnlyMemory<byte> blocks)
    {
        if (blocks.IsEmpty)
            return Task.CompletedTask;
        var piece = new Piece(state, blocks);
        _waiting.Enqueue(piece);
        BeginWhenDue();
        return piece.Task;
    }

    // Another worker begins only when the lanes of those there are cannot take what waits.
    private void BeginWhenDue()
    {
        while (Volatile.Read(ref _workers) is var workers && workers < Environment.ProcessorCount && _waiting.Count > workers * Md5Rounds.Lanes)
        {
            if (Interlocked.CompareExchange(ref _workers, workers + 1, workers) == workers)
                ThreadPool.UnsafeQueueUserWorkItem(static lanes => lanes.Work(), this, preferLocal: false);
        }
    }

    private void Work()
    {
        var pieces = new List<Piece>(Md5Rounds.Lanes);
        while (true)
        {
            // Whoever is about to bring more goes first, where processors are few.
            if (pieces.Count < Md5Rounds.Lanes)
                Thread.Yield();
            while (pieces.Count < Md5Rounds.Lanes && _waiting.TryDequeue(out var piece))
                pieces.Add(piece);
            if (pieces.Count == 0)
                break;
            var stride = Math.Min(StrideBytes, pieces.Min(piece => piece.Left));
            if (Md5Rounds.HasLanes && pieces.Count >= LeastSideBySide)
            {
                WorkSideBySide(pieces, stride);
            }
            else
            {
                foreach (var piece in pieces)
                    Md5Rounds.Append(piece.State, piece.Next(stride));
            }

            pieces.RemoveAll(piece => piece.Advance(stride));
        }

        Interlocked.Decrement(ref _workers);
        // What came after the last look found a worker that was about to end.
        BeginWhenDue();
    }

    // Lanes that nobody needs do what the first does, for nothing.
    private static void WorkSideBySide(List<Piece> pieces, int stride)
    {
        Span<nint> blocks = stackalloc nint[Md5Rounds.Lanes];
        Span<Vector256<uint>> states = stackalloc Vector256<uint>[4];
        for (var lane = 0; lane < Md5Rounds.Lanes; lane++)
        {
            var piece = pieces[lane < pieces.Count ? lane : 0];
            blocks[lane] = piece.Start;
            for (var word = 0; word < states.Length; word++)
                states[word] = states[word].WithElement(lane, piece.State[word]);
        }

        Md5Rounds.Append(states, blocks, stride / Md5Rounds.BlockBytes);
        for (var lane = 0; lane < pieces.Count; lane++)
        {
            for (var word = 0; word < states.Length; word++)
                pieces[lane].State[word] = states[word][lane];
        }
    }

    /// <summary>Blocks on their way into a digest.</summary>
    private sealed unsafe class Piece(uint[] state, ReadOnlyMemory<byte> blocks) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private MemoryHandle _pin = blocks.Pin();
        private int _done;

        internal uint[] State => state;

        internal int Left => blocks.Length - _done;

        internal nint Start => (nint)_pin.Pointer + _done;

        internal ReadOnlySpan<byte> Next(int count) => blocks.Span.Slice(_done, count);

        /// <summary>Passes over what was worked, and tells when that was all.</summary>
        internal bool Advance(int count)
        {
            _done += count;
            if (Left > 0)
                return false;
            _pin.Dispose();
            SetResult();
            return true;
        }
    }
}
