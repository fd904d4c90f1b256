namespace Maskwright.Imaging;

/// <summary>The samples of one component, in whole blocks.</summary>
/// <param name="component">The component.</param>
/// <param name="frame">The frame it belongs to.</param>
/// <param name="start">Where its samples begin in the buffer of all.</param>
internal sealed class JpegPlane(JpegComponent component, JpegFrame frame, int start)
{
    /// <summary>Bytes from row to row.</summary>
    public int Stride { get; } = frame.Units.Across * component.Horizontal * JpegFrame.BlockSide;

    /// <summary>Bytes of all rows.</summary>
    public int Length => Stride * frame.Units.Down * component.Vertical * JpegFrame.BlockSide;

    /// <summary>Samples of a row that belong to the picture.</summary>
    public int Width { get; } = frame.SamplesOf(component).Across;

    /// <summary>Rows that belong to the picture.</summary>
    public int Height { get; } = frame.SamplesOf(component).Down;

    /// <summary>How many columns of the picture one sample covers; 0 when it is no whole number.</summary>
    public int Across { get; } = Ratio(frame.MostHorizontal, component.Horizontal);

    /// <summary>How many rows of the picture one sample covers; 0 when it is no whole number.</summary>
    public int Down { get; } = Ratio(frame.MostVertical, component.Vertical);

    /// <summary>Where a row begins; beyond the upper and lower edge the rows at the edge go on.</summary>
    public int Row(int y) => start + Math.Clamp(y, 0, Height - 1) * Stride;

    /// <summary>Where a block begins.</summary>
    /// <param name="x">Which one from the left.</param>
    /// <param name="y">Which one from the top.</param>
    public int Block(int x, int y) => start + (y * Stride + x) * JpegFrame.BlockSide;

    private static int Ratio(int most, int own) => most % own == 0 ? most / own : 0;
}
