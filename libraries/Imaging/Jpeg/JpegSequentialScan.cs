namespace Maskwright.Imaging;

/// <summary>A scan that has all coefficients of its components (ITU-T T.81, annex F.2).</summary>
internal static class JpegSequentialScan
{
    private const int Coefficients = 64;
    private const int LargestDcSize = 11;
    private const int Restarts = 8;
    private const int ZeroRun = 15;

    /// <summary>Reads a scan to its end.</summary>
    /// <param name="bits">Its coded data.</param>
    /// <param name="frame">The frame it belongs to.</param>
    /// <param name="header">What it codes.</param>
    /// <param name="tables">The tables as they are at the scan.</param>
    /// <param name="moments">Is told of every unit; null when not all components are in the scan.</param>
    /// <returns>Where the marker behind it is.</returns>
    /// <exception cref="InvalidDataException">The data does not fit the frame.</exception>
    public static int Read(JpegBits bits, JpegFrame frame, JpegScanHeader header, JpegTables tables, JpegMoments? moments)
    {
        var blocks = header.Blocks();
        var dc = header.Components.Select(entry => tables.Dc(entry.Dc)).ToArray();
        var ac = header.Components.Select(entry => tables.Ac(entry.Ac)).ToArray();
        var quantisation = header.Components.Select(entry => tables.Quantisation(entry.Component.Quantisation)).ToArray();
        var previous = new int[header.Components.Count];
        var firsts = new int[blocks.Length];
        var energies = new long[blocks.Length];
        var (across, down) = header.Units(frame);
        var untilRestart = tables.RestartInterval;
        var restarts = 0;
        for (var y = 0; y < down; y++)
        {
            for (var x = 0; x < across; x++)
            {
                if (tables.RestartInterval > 0 && untilRestart-- == 0)
                {
                    bits.End(restarts++ % Restarts);
                    Array.Clear(previous);
                    untilRestart = tables.RestartInterval - 1;
                }

                for (var i = 0; i < blocks.Length; i++)
                {
                    var of = blocks[i];
                    previous[of] += ReadFirst(ref bits, dc[of]);
                    firsts[i] = previous[of] * quantisation[of][0];
                    energies[i] = ReadOthers(ref bits, ac[of], quantisation[of]);
                }

                bits.CheckNotPast();
                moments?.Add(x, y, firsts, energies);
            }
        }

        return bits.End(restart: null);
    }

    private static int ReadFirst(ref JpegBits bits, JpegHuffmanTable table)
    {
        var entry = bits.Take(table);
        var size = JpegHuffmanTable.Size(entry);
        if (size > LargestDcSize || JpegHuffmanTable.Run(entry) != 0)
        {
            throw new InvalidDataException("a block's first coefficient is too large");
        }

        var number = JpegHuffmanTable.Number(bits.Next, size);
        bits.Skip(size);
        return number;
    }

    /// <summary>The sum of the squares of a block's coefficients but the first.</summary>
    private static long ReadOthers(ref JpegBits bits, JpegHuffmanTable table, int[] quantisation)
    {
        // In locals, which stay in registers: nearly all of the time is spent here.
        var (next, count, pairs) = (bits.Next, bits.Count, table.Pairs);
        var energy = 0L;
        var last = 0;
        while (last < Coefficients - 1)
        {
            if (count < JpegBits.Enough)
            {
                (bits.Next, bits.Count) = (next, count);
                bits.Fill();
                (next, count) = (bits.Next, bits.Count);
            }

            var pair = pairs[next];
            var first = last + JpegCoefficientPairs.FirstStep(pair);
            var second = first + JpegCoefficientPairs.SecondStep(pair);
            // Behind the last coefficient the next block begins: what would be the second of a pair is none there.
            if (pair != 0 && first < Coefficients - 1 && second < Coefficients)
            {
                next <<= JpegCoefficientPairs.Length(pair);
                count -= JpegCoefficientPairs.Length(pair);
                long a = JpegCoefficientPairs.First(pair) * quantisation[first], b = JpegCoefficientPairs.Second(pair) * quantisation[second];
                energy += a * a + b * b;
                last = second;
                if (JpegCoefficientPairs.IsEnd(pair))
                {
                    break;
                }

                continue;
            }

            var entry = table.Find(next);
            var (run, size) = (JpegHuffmanTable.Run(entry), JpegHuffmanTable.Size(entry));
            long number = JpegHuffmanTable.Number(next << JpegHuffmanTable.Length(entry), size);
            next <<= JpegHuffmanTable.All(entry);
            count -= JpegHuffmanTable.All(entry);
            if (size == 0 && run == 0)
            {
                break;
            }

            last += run + 1;
            if (last >= Coefficients || (size == 0 && run != ZeroRun))
            {
                throw new InvalidDataException("a block has more coefficients than fit");
            }

            energy += number * quantisation[last] * (number * quantisation[last]);
        }

        (bits.Next, bits.Count) = (next, count);
        return energy;
    }
}
