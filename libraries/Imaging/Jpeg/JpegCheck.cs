namespace Maskwright.Imaging;

/// <summary>
/// Reads the coded data of a JPEG from end to end without computing a pixel, and finds what decoders repair silently:
/// blocks that are missing or left over, codes that no table has, scans that are not there.
/// </summary>
public static class JpegCheck
{
    /// <summary>Checks a JPEG of any kind that is coded by Huffman's method in 8 bits; of other kinds only that it has them.</summary>
    /// <param name="jpeg">The file's bytes.</param>
    /// <param name="name">What to call the picture in an error.</param>
    /// <param name="cancellationToken">Ends the check between two scans: there may be many of a large picture.</param>
    /// <returns>Sums over its pixels where they follow from the coefficients; null where it takes decoding.</returns>
    /// <exception cref="ImageFormatException">It is damaged, cut off, or made to keep decoders busy.</exception>
    public static ChannelSums? Run(ReadOnlySpan<byte> jpeg, string name, CancellationToken cancellationToken = default)
    {
        try
        {
            return Read(jpeg, cancellationToken);
        }
        catch (InvalidDataException damage)
        {
            throw new ImageFormatException(name, $"the picture's data is damaged: {damage.Message}; fetch the file again.", damage);
        }
    }

    private static ChannelSums? Read(ReadOnlySpan<byte> jpeg, CancellationToken cancellationToken)
    {
        var reader = new JpegReader(jpeg);
        JpegProgressiveScan? progressive = null;
        JpegMoments? moments = null;
        while (reader.NextScan() is { } scan)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var frame = reader.Frame!;
            using var bits = reader.Bits;
            if (frame.IsProgressive)
            {
                reader.Pass(scan, (progressive ??= new JpegProgressiveScan(frame)).Read(bits, scan, reader.Tables));
                continue;
            }

            moments = scan.Components.Count == frame.Components.Length ? JpegMoments.Of(frame, !reader.IsRgb) : null;
            var energies = new JpegEnergies(scan, reader.Tables, moments);
            reader.Pass(scan, JpegSequentialScan.Read(bits, frame, scan, reader.Tables.RestartInterval, ref energies));
        }

        // What the decoder makes of another kind has to do.
        return reader.IsOtherKind ? null : moments?.ToRgb();
    }
}
