using System.Buffers.Binary;

namespace Maskwright.Imaging;

/// <summary>
/// Reads the coded data of a JPEG from end to end without computing a pixel, and finds what decoders repair silently:
/// blocks that are missing or left over, codes that no table has, scans that are not there.
/// </summary>
public static class JpegCheck
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

    /// <summary>Checks a JPEG of any kind that is coded by Huffman's method in 8 bits; of other kinds only that it has them.</summary>
    /// <param name="jpeg">The file's bytes.</param>
    /// <param name="name">What to call the picture in an error.</param>
    /// <returns>Sums over its pixels where they follow from the coefficients; null where it takes decoding.</returns>
    /// <exception cref="ImageFormatException">It is damaged, cut off, or made to keep decoders busy.</exception>
    public static ChannelSums? Run(ReadOnlySpan<byte> jpeg, string name)
    {
        try
        {
            return Read(jpeg);
        }
        catch (InvalidDataException damage)
        {
            throw new ImageFormatException(name, $"the picture's data is damaged: {damage.Message}; fetch the file again.", damage);
        }
    }

    private static ChannelSums? Read(ReadOnlySpan<byte> jpeg)
    {
        var tables = new JpegTables();
        JpegFrame? frame = null;
        JpegProgressiveScan? progressive = null;
        JpegMoments? moments = null;
        var (scans, isRgb) = (0, false);
        var complete = new HashSet<JpegComponent>();
        var at = 0;
        while (true)
        {
            var marker = Take(jpeg, ref at, out var segment);
            switch (marker)
            {
                case StartOfImage:
                    break;
                case EndOfImage:
                    return frame is not null && complete.Count == frame.Components.Length
                        ? moments?.ToRgb()
                        : throw new InvalidDataException("it ends before all of its scans");
                case BaselineFrame or SequentialFrame or ProgressiveFrame:
                    frame = frame is null ? JpegFrame.Read(segment, marker == ProgressiveFrame) : throw new InvalidDataException("it has several frames");
                    if (frame is null)
                    {
                        return null;
                    }

                    isRgb |= frame.Components is [{ Id: (byte)'R' }, { Id: (byte)'G' }, { Id: (byte)'B' }];
                    break;
                case > ProgressiveFrame and < 0xD0 and not HuffmanTables and not 0xC8 and not 0xCC:
                    // Arithmetic coding, lossless or in layers: what the decoder makes of it has to do.
                    return null;
                case HuffmanTables:
                    tables.DefineHuffman(segment);
                    break;
                case QuantisationTables:
                    tables.DefineQuantisation(segment);
                    break;
                case RestartInterval:
                    tables.DefineRestart(segment);
                    break;
                case Adobe:
                    // Its last byte tells the transform, 0 for none.
                    isRgb |= segment.StartsWith("Adobe"u8) && segment.Length >= 12 && segment[11] == 0;
                    break;
                case StartOfScan:
                    if (frame is null || ++scans > MostScans)
                    {
                        throw new InvalidDataException(frame is null ? "a scan comes before its frame" : $"it has more than {MostScans} scans");
                    }

                    var header = JpegScanHeader.Read(segment, frame);
                    using (var bits = new JpegBits(jpeg, at))
                    {
                        if (frame.IsProgressive)
                        {
                            at = (progressive ??= new JpegProgressiveScan(frame)).Read(bits, header, tables);
                        }
                        else
                        {
                            moments = header.Components.Count == frame.Components.Length ? JpegMoments.Of(frame, !isRgb) : null;
                            at = JpegSequentialScan.Read(bits, frame, header, tables, moments);
                        }
                    }

                    complete.UnionWith(header.First == 0 ? header.Components.Select(entry => entry.Component) : []);
                    break;
            }
        }
    }

    private static byte Take(ReadOnlySpan<byte> jpeg, ref int at, out ReadOnlySpan<byte> segment)
    {
        const int lengthBytes = 2;
        segment = [];
        var left = 0;
        for (; at + 1 < jpeg.Length && (jpeg[at] != 0xFF || jpeg[at + 1] is 0 or 0xFF); at++)
        {
            left += jpeg[at] == 0xFF ? 0 : 1;
        }

        if (at + 1 >= jpeg.Length)
        {
            throw new InvalidDataException("it is cut off before its end marker");
        }

        if (left > JpegBits.MostLeft)
        {
            throw new InvalidDataException("a marker is missing");
        }

        var marker = jpeg[at + 1];
        at += 2;
        if (marker is StartOfImage or EndOfImage or 0x01 or (>= 0xD0 and <= 0xD7))
        {
            return marker;
        }

        if (jpeg.Length - at < lengthBytes || BinaryPrimitives.ReadUInt16BigEndian(jpeg[at..]) is var length && (length < lengthBytes || length > jpeg.Length - at))
        {
            throw new InvalidDataException("a segment is cut off");
        }

        segment = jpeg.Slice(at + lengthBytes, length - lengthBytes);
        at += length;
        return marker;
    }
}
