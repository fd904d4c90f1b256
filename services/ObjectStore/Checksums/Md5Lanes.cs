using System.Buffers;
using System.Runtime.Intrinsics;

namespace Maskwright.ObjectStore;

/// <summary>
/// Where MD5s that are computed at the same time meet, to be worked side by side: the more there are at once, the less each
/// costs. What is handed over waits until there is something of every digest, or until one cannot go on without and nobody is
/// busy with bytes of another that could join it. A digest that is alone begins at once.
/// </summary>
internal sealed class Md5Lanes
{
    // How far all go before others may join them.
    private const int StrideBytes = 8 * 1024;

    // Fewer are quicker one after the other.
    private const int LeastSideBySide = 3;
    private readonly Lock _lock = new();
    private readonly Queue<Piece> _waiting = new();
    private int _digests;
    private int _busy;
    private int _held;
    private int _workers;

    /// <summary>Counts the digests under way.</summary>
    /// <param name="digests">Digests that come with blocks (1), or come no more (-1).</param>
    /// <param name="busy">Of them, those whose next blocks are being made now.</param>
    /// <param name="held">Of them, those that go on only when their blocks are taken.</param>
    internal void Count(int digests = 0, int busy = 0, int held = 0)
    {
        lock (_lock)
        {
            _digests += digests;
            _busy += busy;
            _held += held;
            BeginWhenDue();
        }
    }

    /// <summary>Takes blocks into a digest when their turn comes.</summary>
    /// <param name="state">The digest's words, nobody else's until then.</param>
    /// <param name="blocks">Whole blocks, which stay as they are until then.</param>
    internal Task AppendAsync(uint[] state, ReadOnlyMemory<byte> blocks)
    {
        if (blocks.IsEmpty)
            return Task.CompletedTask;
        var piece = new Piece(state, blocks);
        lock (_lock)
        {
            _waiting.Enqueue(piece);
            BeginWhenDue();
        }

        return piece.Task;
    }

    private void BeginWhenDue()
    {
        var isEnough = _waiting.Count >= Math.Min(_digests, Md5Rounds.Lanes) || (_held > 0 && _busy == 0);
        if (!isEnough || _workers == Environment.ProcessorCount || _waiting.Count <= _workers * Md5Rounds.Lanes)
            return;
        _workers++;
        ThreadPool.UnsafeQueueUserWorkItem(static lanes => lanes.Work(), this, preferLocal: false);
    }

    private void Work()
    {
        var pieces = new List<Piece>(Md5Rounds.Lanes);
        while (TakeWaiting(pieces))
        {
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
    }

    private bool TakeWaiting(List<Piece> pieces)
    {
        lock (_lock)
        {
            while (pieces.Count < Md5Rounds.Lanes && _waiting.TryDequeue(out var piece))
                pieces.Add(piece);
            if (pieces.Count == 0)
                _workers--;
            return pieces.Count > 0;
        }
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
