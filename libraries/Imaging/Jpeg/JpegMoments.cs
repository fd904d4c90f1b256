namespace Maskwright.Imaging;

/// <summary>
/// Sums over the pixels of a JPEG from its coefficients: a block's first coefficient is eight times the mean of its pixels,
/// and the squares of the others sum to those of their deviations from it (Parseval). What luma and chroma have in common
/// within a block is left out; it moves a deviation by less than one percent.
/// </summary>
internal sealed class JpegMoments
{
    private const int BlockSide = 8;
    private const int Middle = 128;

    private readonly JpegFrame _frame;
    // By block of the first component in a unit: that block, and those of the others that lie over it.
    private readonly (int X, int Y, int Cb, int Cr)[] _blocks;

    private long _pixels;
    private long _y, _cb, _cr;
    private long _yy, _cbCb, _crCr, _yCb, _yCr, _cbCr;
    private long _within, _withinCb, _withinCr;

    private JpegMoments(JpegFrame frame)
    {
        _frame = frame;
        var (luma, isColour) = (frame.Components[0], frame.Components.Length == 3);
        var (across, down) = isColour ? (luma.Horizontal, luma.Vertical) : (1, 1);
        _blocks = [.. Enumerable.Range(0, across * down).Select(i => (i % across, i / across)).Select(at => (at.Item1, at.Item2, Chroma(1, at), Chroma(2, at)))];

        int Chroma(int component, (int X, int Y) at)
        {
            if (!isColour)
            {
                return -1;
            }

            var (start, sampled) = (frame.Components.Take(component).Sum(before => before.Horizontal * before.Vertical), frame.Components[component]);
            return start + at.Y * sampled.Vertical / luma.Vertical * sampled.Horizontal + at.X * sampled.Horizontal / luma.Horizontal;
        }
    }

    /// <summary>For a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="isYcc">Whether three components are luma and chroma.</param>
    /// <returns>Null when its colours do not follow from blocks of luma and chroma.</returns>
    public static JpegMoments? Of(JpegFrame frame, bool isYcc)
    {
        var luma = frame.Components[0];
        return frame.Components.Length == 1 || (frame.Components.Length == 3 && isYcc && frame.Components.All(Divides)) ? new JpegMoments(frame) : null;

        bool Divides(JpegComponent component) => luma.Horizontal % component.Horizontal == 0 && luma.Vertical % component.Vertical == 0;
    }

    /// <summary>Takes a unit.</summary>
    /// <param name="unitX">Which one from the left.</param>
    /// <param name="unitY">Which one from the top.</param>
    /// <param name="firsts">First coefficients of its blocks.</param>
    /// <param name="energies">Sums of the squares of the others.</param>
    public void Add(int unitX, int unitY, ReadOnlySpan<int> firsts, ReadOnlySpan<long> energies)
    {
        var (width, height) = _frame.Components.Length == 1 ? (1, 1) : (_frame.MostHorizontal, _frame.MostVertical);
        for (var i = 0; i < _blocks.Length; i++)
        {
            var (x, y, atCb, atCr) = _blocks[i];
            // Blocks reach beyond the right and the lower edge.
            var pixels = (long)Math.Clamp(_frame.Width - BlockSide * (unitX * width + x), 0, BlockSide)
                * Math.Clamp(_frame.Height - BlockSide * (unitY * height + y), 0, BlockSide);
            long luma = firsts[i];
            _pixels += pixels;
            _y += pixels * luma;
            _yy += pixels * luma * luma;
            _within += pixels * energies[i];
            if (atCb < 0)
            {
                continue;
            }

            long cb = firsts[atCb], cr = firsts[atCr];
            _cb += pixels * cb;
            _cr += pixels * cr;
            _cbCb += pixels * cb * cb;
            _crCr += pixels * cr * cr;
            _yCb += pixels * luma * cb;
            _yCr += pixels * luma * cr;
            _cbCr += pixels * cb * cr;
            _withinCb += pixels * energies[atCb];
            _withinCr += pixels * energies[atCr];
        }
    }

    /// <summary>The sums in red, green and blue (ITU-T T.871).</summary>
    public ChannelSums ToRgb()
    {
        var (red, green, blue) = (Channel(0, 1.402), Channel(-0.344136, -0.714136), Channel(1.772, 0));
        return new ChannelSums(_pixels, (red.Sum, green.Sum, blue.Sum), (red.Squares, green.Squares, blue.Squares));
    }

    // Of y + b cb + r cr, first as deviations from the middle.
    private (long Sum, long Squares) Channel(double b, double r)
    {
        var sum = (_y + b * _cb + r * _cr) / BlockSide;
        var between = _yy + b * b * _cbCb + r * r * _crCr + 2 * (b * _yCb + r * _yCr + b * r * _cbCr);
        var within = _within + b * b * _withinCb + r * r * _withinCr;
        var squares = (between + within) / (BlockSide * BlockSide);
        return (Middle * _pixels + (long)Math.Round(sum), (long)Math.Round(squares + 2 * Middle * sum) + Middle * Middle * _pixels);
    }
}
