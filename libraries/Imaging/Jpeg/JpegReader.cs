using System.Buffers.Binary;

namespace Maskwright.Imaging;

/// <summary>Goes through the segments of a JPEG (ITU-T T.81, annex B), from scan to scan, and keeps what they define.</summary>
/// <param name="jpeg">The file's bytes.</param>
internal ref struct JpegReader(ReadOnlySpan<byte> jpeg)
{
    // Programs write some ten scans; each one costs a pass over the whole picture, however short it is.
    private const int MostScans = 100;

    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte BaselineFrame = 0xC0;
    private const byte SequentialFrame = 0xC1;
    private const byte ProgressiveFrame = 0xC2;
    private const byte HuffmanTables = 0xC4;
    private const byte StartOfScan = 0xDA;
    private const byte QuantisationTables = 0xDB;
    private const byte RestartInterval = 0xDD;
    private const byte Adobe = 0xEE;

    private readonly ReadOnlySpan<byte> _jpeg = jpeg;
    private readonly HashSet<JpegComponent> _complete = [];
    private int _at;
    private int _scans;

    /// <summary>The tables as they are at the scan.</summary>
    public JpegTables Tables { get; } = new();

    /// <summary>The frame; null before it has come, and where it is of a kind that is not read.</summary>
    public JpegFrame? Frame { get; private set; }

    /// <summary>Whether three components are red, green and blue.</summary>
    public bool IsRgb { get; private set; }

    /// <summary>Whether it is coded in another way than by Huffman's method in 8 bits.</summary>
    public bool IsOtherKind { get; private set; }

    /// <summary>The coded data of the scan, to be disposed.</summary>
    public readonly JpegBits Bits => new(_jpeg, _at);

    /// <summary>Goes to the next scan.</summary>
    /// <returns>Null at the end of a whole picture, and where it is of another kind.</returns>
    /// <exception cref="InvalidDataException">It is damaged, cut off, or made to keep decoders busy.</exception>
    public JpegScanHeader? NextScan()
    {
        while (true)
        {
            var marker = Take(out var segment);
            switch (marker)
            {
                case StartOfImage:
                    break;
                case EndOfImage:
                    return Frame is not null && _complete.Count == Frame.Components.Length
                        ? null
                        : throw new InvalidDataException("it ends before all of its scans");
                case BaselineFrame or SequentialFrame or ProgressiveFrame:
                    Frame = Frame is null ? JpegFrame.Read(segment, marker == ProgressiveFrame) : throw new InvalidDataException("it has several frames");
                    if (Frame is null)
                    {
                        IsOtherKind = true;
                        return null;
                    }

                    IsRgb |= Frame.Components is [{ Id: (byte)'R' }, { Id: (byte)'G' }, { Id: (byte)'B' }];
                    break;
                case > ProgressiveFrame and < 0xD0 and not HuffmanTables and not 0xC8 and not 0xCC:
                    // Arithmetic coding, lossless or in layers.
                    IsOtherKind = true;
                    return null;
                case HuffmanTables:
                    Tables.DefineHuffman(segment);
                    break;
                case QuantisationTables:
                    Tables.DefineQuantisation(segment);
                    break;
                case RestartInterval:
                    Tables.DefineRestart(segment);
                    break;
                case Adobe:
                    // Its last byte tells the transform, 0 for none.
                    IsRgb |= segment.StartsWith("Adobe"u8) && segment.Length >= 12 && segment[11] == 0;
                    break;
                case StartOfScan:
                    return Frame is null || ++_scans > MostScans
                        ? throw new InvalidDataException(Frame is null ? "a scan comes before its frame" : $"it has more than {MostScans} scans")
                        : JpegScanHeader.Read(segment, Frame);
            }
        }
    }

    /// <summary>Goes behind a scan that was read.</summary>
    /// <param name="scan">The scan.</param>
    /// <param name="end">Where the marker behind it is.</param>
    public void Pass(JpegScanHeader scan, int end)
    {
        _at = end;
        _complete.UnionWith(scan.First == 0 ? scan.Components.Select(entry => entry.Component) : []);
    }

    private byte Take(out ReadOnlySpan<byte> segment)
    {
        const int lengthBytes = 2;
        segment = [];
        var left = 0;
        for (; _at + 1 < _jpeg.Length && (_jpeg[_at] != 0xFF || _jpeg[_at + 1] is 0 or 0xFF); _at++)
        {
            left += _jpeg[_at] == 0xFF ? 0 : 1;
        }

        if (_at + 1 >= _jpeg.Length)
        {
            throw new InvalidDataException("it is cut off before its end marker");
        }

        if (left > JpegBits.MostLeft)
        {
            throw new InvalidDataException("a marker is missing");
        }

        var marker = _jpeg[_at + 1];
        _at += 2;
        if (marker is StartOfImage or EndOfImage or 0x01 or (>= 0xD0 and <= 0xD7))
        {
            return marker;
        }

        if (_jpeg.Length - _at < lengthBytes || BinaryPrimitives.ReadUInt16BigEndian(_jpeg[_at..]) is var length && (length < lengthBytes || length > _jpeg.Length - _at))
        {
            throw new InvalidDataException("a segment is cut off");
        }

        segment = _jpeg.Slice(_at + lengthBytes, length - lengthBytes);
        _at += length;
        return marker;
    }
}
