namespace Maskwright.Imaging;

/// <summary>
/// The scans of a progressive JPEG (ITU-T T.81, annex G). To find the end of a refining scan it takes no value of a
/// coefficient, only whether it is 0: a bit each is kept.
/// </summary>
/// <param name="frame">The frame.</param>
internal sealed class JpegProgressiveScan(JpegFrame frame)
{
    private const int Restarts = 8;
    private const int EndOfBlocks = 15;

    private readonly Dictionary<JpegComponent, ulong[]> _nonzero = [];

    /// <summary>Reads a scan to its end.</summary>
    /// <param name="bits">Its coded data.</param>
    /// <param name="header">What it codes.</param>
    /// <param name="tables">The tables as they are at the scan.</param>
    /// <returns>Where the marker behind it is.</returns>
    /// <exception cref="InvalidDataException">The data does not fit the frame.</exception>
    public int Read(JpegBits bits, JpegScanHeader header, JpegTables tables)
    {
        var (across, down) = header.Units(frame);
        var blocks = header.Blocks();
        var isFirst = header.First == 0;
        var dc = isFirst && !header.IsRefinement ? header.Components.Select(entry => tables.Dc(entry.Dc)).ToArray() : [];
        var ac = isFirst ? null : tables.Ac(header.Components[0].Ac);
        var nonzero = isFirst ? [] : NonzeroOf(header.Components[0].Component);
        var untilRestart = tables.RestartInterval;
        var (restarts, toSkip) = (0, 0);
        for (var unit = 0; unit < across * down; unit++)
        {
            if (tables.RestartInterval > 0 && untilRestart-- == 0)
            {
                bits.End(restarts++ % Restarts);
                toSkip = 0;
                untilRestart = tables.RestartInterval - 1;
            }

            if (ac is null)
            {
                foreach (var of in blocks)
                {
                    bits.Take(header.IsRefinement ? 1 : JpegHuffmanTable.Size(bits.Take(dc[of])));
                }
            }
            else if (header.IsRefinement)
            {
                Refine(ref bits, header, ac, ref nonzero[unit], ref toSkip);
            }
            else
            {
                Begin(ref bits, header, ac, ref nonzero[unit], ref toSkip);
            }

            bits.CheckNotPast();
        }

        return bits.End(restart: null);
    }

    private ulong[] NonzeroOf(JpegComponent component)
    {
        var (across, down) = frame.BlocksOf(component);
        if (!_nonzero.TryGetValue(component, out var nonzero))
        {
            _nonzero[component] = nonzero = new ulong[across * down];
        }

        return nonzero;
    }

    private static void Begin(ref JpegBits bits, JpegScanHeader header, JpegHuffmanTable table, ref ulong nonzero, ref int toSkip)
    {
        if (toSkip > 0)
        {
            toSkip--;
            return;
        }

        for (var k = header.First; k <= header.Last; k++)
        {
            var entry = bits.Take(table);
            var (run, size) = (JpegHuffmanTable.Run(entry), JpegHuffmanTable.Size(entry));
            if (size == 0 && run < EndOfBlocks)
            {
                toSkip = (1 << run) - 1 + bits.Take(run);
                return;
            }

            k += run;
            if (k > header.Last)
            {
                throw new InvalidDataException("a block has more coefficients than fit");
            }

            bits.Take(size);
            nonzero |= size > 0 ? 1UL << k : 0;
        }
    }

    private static void Refine(ref JpegBits bits, JpegScanHeader header, JpegHuffmanTable table, ref ulong nonzero, ref int toSkip)
    {
        var k = header.First;
        for (; toSkip == 0 && k <= header.Last; k++)
        {
            var entry = bits.Take(table);
            var (zeros, size) = (JpegHuffmanTable.Run(entry), JpegHuffmanTable.Size(entry));
            if (size == 0 && zeros < EndOfBlocks)
            {
                toSkip = (1 << zeros) + bits.Take(zeros);
                break;
            }

            // The sign of a coefficient that is new, then a bit for each that it passes.
            bits.Take(size);
            for (; k <= header.Last; k++)
            {
                if ((nonzero >> k & 1) != 0)
                {
                    bits.Take(1);
                }
                else if (zeros-- == 0)
                {
                    break;
                }
            }

            if (size > 1 || (size > 0 && k > header.Last))
            {
                throw new InvalidDataException("a block has more coefficients than fit");
            }

            nonzero |= size > 0 ? 1UL << k : 0;
        }

        if (toSkip == 0)
        {
            return;
        }

        for (; k <= header.Last; k++)
        {
            if ((nonzero >> k & 1) != 0)
            {
                bits.Take(1);
            }
        }

        toSkip--;
    }
}
