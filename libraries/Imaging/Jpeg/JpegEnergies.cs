using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Maskwright.Imaging;

/// <summary>Reads blocks for their first coefficients and the energy of the others.</summary>
/// <param name="scan">What is read.</param>
/// <param name="tables">The tables as they are at the scan.</param>
/// <param name="moments">Is told of every unit; null when not all components are in the scan.</param>
internal readonly struct JpegEnergies(JpegScanHeader scan, JpegTables tables, JpegMoments? moments) : IJpegUnits
{
    private readonly int[] _blocks = scan.Blocks();
    private readonly JpegHuffmanTable[] _dc = [.. scan.Components.Select(entry => tables.Dc(entry.Dc))];
    private readonly JpegHuffmanTable[] _ac = [.. scan.Components.Select(entry => tables.Ac(entry.Ac))];
    private readonly int[][] _quantisation = [.. scan.Components.Select(entry => tables.Quantisation(entry.Component.Quantisation))];
    private readonly int[] _previous = new int[scan.Components.Count];
    private readonly int[] _firsts = new int[scan.Blocks().Length];
    private readonly long[] _energies = new long[scan.Blocks().Length];

    /// <inheritdoc/>
    public void Restart() => Array.Clear(_previous);

    /// <inheritdoc/>
    public void Read(ref JpegBits bits, int x, int y)
    {
        for (var i = 0; i < _blocks.Length; i++)
        {
            var of = _blocks[i];
            var energy = new Energy(_quantisation[of]);
            ref var first = ref _previous[of];
            JpegSequentialScan.ReadBlock(ref bits, _dc[of], _ac[of], ref first, ref energy);
            _firsts[i] = first * _quantisation[of][0];
            _energies[i] = energy.Sum;
        }

        bits.CheckNotPast();
        moments?.Add(x, y, _firsts, _energies);
    }

    [StructLayout(LayoutKind.Auto)]
    private ref struct Energy(int[] quantisation) : IJpegCoefficients
    {
        private readonly ref int _quantisation = ref MemoryMarshal.GetArrayDataReference(quantisation);

        public long Sum { get; private set; }

        // Positions are below 64, as many as there are factors.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(int position, int value)
        {
            long a = value * Unsafe.Add(ref _quantisation, position);
            Sum += a * a;
        }
    }
}
