using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Maskwright.Imaging;

/// <summary>
/// The bits of a JPEG's coded data, from one marker to the next (ITU-T T.81, annex F.2.2.5). Behind the end come zeros:
/// whoever has used one has met data that ends too early.
/// </summary>
internal ref struct JpegBits : IDisposable
{
    /// <summary>Some encoders leave a few bytes behind the last block or between segments, and decoders never minded.</summary>
    public const int MostLeft = 16;

    /// <summary>Fewer bits than these may be too few: for the longest code with the longest number behind it.</summary>
    public const int Enough = 32;

    /// <summary>What <see cref="Fill()"/> leaves at least.</summary>
    public const int Filled = 56;

    private const byte Mark = 0xFF;
    private const byte FirstRestart = 0xD0;

    private readonly ReadOnlySpan<byte> _jpeg;
    // The data between two markers without its stuffed bytes, zeros behind it.
    private readonly byte[] _plain;
    private int _length;
    private int _marker;

    /// <summary>The next bits, the first one highest.</summary>
    public ulong Next;

    /// <summary>How many of <see cref="Next"/> may be used.</summary>
    public int Count;

    /// <param name="jpeg">The whole file.</param>
    /// <param name="at">Where the coded data begins.</param>
    public JpegBits(ReadOnlySpan<byte> jpeg, int at)
    {
        _jpeg = jpeg;
        _plain = ArrayPool<byte>.Shared.Rent(jpeg.Length - at + sizeof(ulong));
        Begin(at);
    }

    /// <summary>Where in the data <see cref="Next"/> goes on.</summary>
    public int At;

    /// <summary>Makes more bits ready.</summary>
    public void Fill() => Fill(ref At, ref Next, ref Count);

    /// <summary>Makes more bits ready for somebody who holds where he is in variables of his own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Fill(ref int at, ref ulong next, ref int count)
    {
        // Bits of a byte that is not counted yet come again, the same. Behind the end there are eight zeros.
        ref var bytes = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_plain), Math.Min(at, _length));
        next |= BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref bytes)) >> count;
        at += (63 - count) >> 3;
        count |= Filled;
    }

    /// <summary>Takes a code.</summary>
    /// <returns>See <see cref="JpegHuffmanTable.Find"/>; the number that follows is ready in <see cref="Next"/>.</returns>
    public int Take(JpegHuffmanTable table)
    {
        if (Count < Enough)
        {
            Fill();
        }

        var entry = table.Find(Next);
        Skip(JpegHuffmanTable.Length(entry));
        return entry;
    }

    /// <summary>Takes a number without a sign.</summary>
    /// <param name="bits">Its bits, 0 to 16.</param>
    public int Take(int bits)
    {
        if (Count < Enough)
        {
            Fill();
        }

        var number = (int)(Next >> 1 >> (63 - bits));
        Skip(bits);
        return number;
    }

    /// <summary>Passes bits that are ready.</summary>
    public void Skip(int bits)
    {
        Next <<= bits;
        Count -= bits;
    }

    /// <summary>Ends at a marker, and begins behind it when it is the restart marker of this number.</summary>
    /// <param name="restart">Number of the restart marker that must follow; null when another one must.</param>
    /// <returns>Where the marker is.</returns>
    /// <exception cref="InvalidDataException">Data is missing or left, or another marker follows.</exception>
    public int End(int? restart)
    {
        CheckNotPast();
        var left = _length - At + Count / 8;
        if (left > MostLeft)
        {
            throw new InvalidDataException($"{left} bytes of coded data belong to no block");
        }

        if (restart is { } number)
        {
            while (_marker + 1 < _jpeg.Length && _jpeg[_marker + 1] == Mark)
            {
                _marker++;
            }

            if (_marker + 1 >= _jpeg.Length || _jpeg[_marker + 1] != FirstRestart + number)
            {
                throw new InvalidDataException("a restart marker is missing");
            }

            Begin(_marker + 2);
        }

        return _marker;
    }

    /// <summary>Refuses to go on behind the end.</summary>
    /// <exception cref="InvalidDataException">Bits were used that are not there.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void CheckNotPast()
    {
        if (8L * At - Count > 8L * _length)
        {
            ThrowCutOff();
        }
    }

    /// <summary>Gives its memory back.</summary>
    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_plain);

    private static void ThrowCutOff() => throw new InvalidDataException("its coded data is cut off");

    private void Begin(int at)
    {
        (_length, At, Next, Count) = (0, 0, 0, 0);
        while (true)
        {
            var found = _jpeg[at..].IndexOf(Mark);
            var plain = found < 0 ? _jpeg[at..] : _jpeg.Slice(at, found);
            plain.CopyTo(_plain.AsSpan(_length));
            _length += plain.Length;
            at += plain.Length;
            if (at + 1 >= _jpeg.Length || _jpeg[at + 1] != 0)
            {
                break;
            }

            _plain[_length++] = Mark;
            at += 2;
        }

        _marker = at;
        _plain.AsSpan(_length, sizeof(ulong)).Clear();
    }
}
