using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Maskwright.Imaging;

/// <summary>Reads blocks and turns them into samples.</summary>
internal readonly struct JpegBlocks : IJpegUnits
{
    private const int Coefficients = JpegFrame.BlockSide * JpegFrame.BlockSide;

    // Row and column of each coefficient in the order in which they are coded (ITU-T T.81, figure A.6), eight times the row.
    private static readonly byte[] ZigZag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    private readonly Entry[] _entries;
    private readonly int[] _previous;
    private readonly byte[] _samples;
    private readonly short[] _block = new short[Coefficients];

    /// <param name="scan">What is read.</param>
    /// <param name="frame">The frame it belongs to.</param>
    /// <param name="tables">The tables as they are at the scan.</param>
    /// <param name="planes">Where samples go, by component of the frame.</param>
    /// <param name="samples">The buffer of all planes.</param>
    public JpegBlocks(JpegScanHeader scan, JpegFrame frame, JpegTables tables, JpegPlane[] planes, byte[] samples)
    {
        _previous = new int[scan.Components.Count];
        _samples = samples;
        _entries = [.. scan.Components.SelectMany((entry, of) => Blocks(scan, entry.Component).Select(at =>
            new Entry(
                of,
                tables.Dc(entry.Dc),
                tables.Ac(entry.Ac),
                InRows(tables.Quantisation(entry.Component.Quantisation)),
                planes[Array.IndexOf(frame.Components, entry.Component)],
                at)))];
    }

    /// <inheritdoc/>
    public void Restart() => Array.Clear(_previous);

    /// <inheritdoc/>
    public void Read(ref JpegBits bits, int x, int y)
    {
        foreach (var entry in _entries)
        {
            var block = new Block(_block);
            ref var first = ref _previous[entry.Of];
            var last = JpegSequentialScan.ReadBlock(ref bits, entry.Dc, entry.Ac, ref first, ref block);
            if (first != (short)first)
            {
                throw new InvalidDataException("a block's first coefficient is too large");
            }

            _block[0] = (short)first;
            ref var target = ref _samples[entry.Plane.Block(x * entry.Across + entry.At.X, y * entry.Down + entry.At.Y)];
            if (last == 0)
            {
                JpegInverseTransform.ApplyFirst((long)first * entry.Quantisation[0], ref target, entry.Plane.Stride);
            }
            else
            {
                JpegInverseTransform.Apply(_block, entry.Quantisation, ref target, entry.Plane.Stride);
                _block.AsSpan().Clear();
            }
        }

        bits.CheckNotPast();
    }

    // Blocks of a unit; a component that is alone in a scan has one.
    private static IEnumerable<(int X, int Y, int Across, int Down)> Blocks(JpegScanHeader scan, JpegComponent component)
    {
        var (across, down) = scan.Components.Count == 1 ? (1, 1) : (component.Horizontal, component.Vertical);
        return Enumerable.Range(0, across * down).Select(i => (i % across, i / across, across, down));
    }

    private static int[] InRows(int[] coded)
    {
        var rows = new int[Coefficients];
        for (var i = 0; i < Coefficients; i++)
        {
            rows[ZigZag[i]] = coded[i];
        }

        return rows;
    }

    private sealed record Entry(int Of, JpegHuffmanTable Dc, JpegHuffmanTable Ac, int[] Quantisation, JpegPlane Plane, (int X, int Y, int Across, int Down) At)
    {
        public int Across => At.Across;

        public int Down => At.Down;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly ref struct Block(short[] coefficients) : IJpegCoefficients
    {
        private readonly ref short _coefficients = ref MemoryMarshal.GetArrayDataReference(coefficients);
        private readonly ref byte _places = ref MemoryMarshal.GetArrayDataReference(ZigZag);

        // Positions are below 64, as many as there are places and coefficients.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(int position, int value) => Unsafe.Add(ref _coefficients, Unsafe.Add(ref _places, position)) += (short)value;
    }
}
