namespace Maskwright.Imaging;

/// <summary>Reads the units of a scan.</summary>
internal interface IJpegUnits
{
    /// <summary>First coefficients are told from 0 again.</summary>
    void Restart();

    /// <summary>Reads one unit.</summary>
    /// <param name="bits">The coded data.</param>
    /// <param name="x">Which one from the left.</param>
    /// <param name="y">Which one from the top.</param>
    void Read(ref JpegBits bits, int x, int y);
}

/// <summary>Takes the coefficients of a block.</summary>
internal interface IJpegCoefficients
{
    /// <summary>Adds to one that was 0; a position may be told again with 0.</summary>
    /// <param name="position">1 to 63, in the order in which they are coded.</param>
    /// <param name="value">The coefficient before it is multiplied.</param>
    void Add(int position, int value);
}

/// <summary>A scan that has all coefficients of its components (ITU-T T.81, annex F.2).</summary>
internal static class JpegSequentialScan
{
    private const int Coefficients = 64;
    private const int LargestDcSize = 11;
    private const int Restarts = 8;
    private const int ZeroRun = 15;
    // Look-ups that need no bits to be filled in between.
    private const int PairsOfFill = JpegBits.Filled / JpegCoefficientPairs.Bits;

    /// <summary>Reads a scan to its end.</summary>
    /// <param name="bits">Its coded data.</param>
    /// <param name="frame">The frame it belongs to.</param>
    /// <param name="header">What it codes.</param>
    /// <param name="restartInterval">Units between restart markers; 0 for none.</param>
    /// <param name="units">Reads each unit.</param>
    /// <returns>Where the marker behind it is.</returns>
    /// <exception cref="InvalidDataException">The data does not fit the frame.</exception>
    public static int Read<TUnits>(JpegBits bits, JpegFrame frame, JpegScanHeader header, int restartInterval, ref TUnits units)
        where TUnits : struct, IJpegUnits
    {
        var (across, down) = header.Units(frame);
        var untilRestart = restartInterval;
        var restarts = 0;
        for (var y = 0; y < down; y++)
        {
            for (var x = 0; x < across; x++)
            {
                if (restartInterval > 0 && untilRestart-- == 0)
                {
                    bits.End(restarts++ % Restarts);
                    units.Restart();
                    untilRestart = restartInterval - 1;
                }

                units.Read(ref bits, x, y);
            }
        }

        return bits.End(restart: null);
    }

    /// <summary>Reads a block.</summary>
    /// <param name="bits">The coded data.</param>
    /// <param name="dc">The table of first coefficients.</param>
    /// <param name="ac">The table of all others.</param>
    /// <param name="first">The first coefficient of the block before, and then of this one.</param>
    /// <param name="coefficients">Takes the others.</param>
    /// <returns>Position of the last one, in the order in which they are coded.</returns>
    public static int ReadBlock<TCoefficients>(
        ref JpegBits bits, JpegHuffmanTable dc, JpegHuffmanTable ac, ref int first, ref TCoefficients coefficients)
        where TCoefficients : struct, IJpegCoefficients, allows ref struct
    {
        // In locals, which stay in registers: nearly all of the time is spent here.
        var (at, next, count) = (bits.At, bits.Next, bits.Count);
        var block = coefficients;

        // Always: whether it is needed is hard to predict.
        bits.Fill(ref at, ref next, ref count);
        var entry = dc.Find(next);
        if (JpegHuffmanTable.Size(entry) > LargestDcSize || JpegHuffmanTable.Run(entry) != 0)
        {
            throw new InvalidDataException("a block's first coefficient is too large");
        }

        first += JpegHuffmanTable.Number(next << JpegHuffmanTable.Length(entry), JpegHuffmanTable.Size(entry));
        next <<= JpegHuffmanTable.All(entry);
        count -= JpegHuffmanTable.All(entry);

        ref var pairs = ref ac.Pairs.Start;
        var last = 0;
        do
        {
            bits.Fill(ref at, ref next, ref count);
            var pair = JpegCoefficientPairs.Find(ref pairs, next);
            var second = last + JpegCoefficientPairs.Step(pair);
            for (var more = PairsOfFill; second < Coefficients - 1 && --more > 0; second = last + JpegCoefficientPairs.Step(pair))
            {
                // What is not there is 0, at the place of the one before.
                block.Add(second, JpegCoefficientPairs.Second(pair));
                block.Add(last + JpegCoefficientPairs.FirstStep(pair), JpegCoefficientPairs.First(pair));
                next = JpegCoefficientPairs.Pass(pair, next);
                count -= JpegCoefficientPairs.Length(pair);
                last = second;
                pair = JpegCoefficientPairs.Find(ref pairs, next);
            }

            if (second < Coefficients - 1)
            {
                continue;
            }

            // The block ends here, or there is more than a look-up sees. Behind the last coefficient the next block begins: what
            // would be the second of a pair is none there.
            var one = last + JpegCoefficientPairs.FirstStep(pair);
            var isEnd = JpegCoefficientPairs.IsEnd(pair);
            if (one < Coefficients - 1 && (isEnd || second == Coefficients - 1))
            {
                last = isEnd ? one : second;
                block.Add(last, JpegCoefficientPairs.Second(pair));
                block.Add(one, JpegCoefficientPairs.First(pair));
                next = JpegCoefficientPairs.Pass(pair, next);
                count -= JpegCoefficientPairs.Length(pair);
                break;
            }

            bits.Fill(ref at, ref next, ref count);
            entry = ac.Find(next);
            var (run, size) = (JpegHuffmanTable.Run(entry), JpegHuffmanTable.Size(entry));
            var number = JpegHuffmanTable.Number(next << JpegHuffmanTable.Length(entry), size);
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

            block.Add(last, number);
        }
        while (last < Coefficients - 1);

        (bits.At, bits.Next, bits.Count) = (at, next, count);
        coefficients = block;
        return last;
    }
}
