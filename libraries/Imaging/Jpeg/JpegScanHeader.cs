namespace Maskwright.Imaging;

/// <summary>What one scan of a JPEG codes (ITU-T T.81, B.2.3).</summary>
/// <param name="Components">The components, each with the numbers of its Huffman tables.</param>
/// <param name="First">The first coefficient, 0 to 63.</param>
/// <param name="Last">The last coefficient, 0 to 63.</param>
/// <param name="IsRefinement">Whether it adds a bit to coefficients of earlier scans.</param>
internal sealed record JpegScanHeader(IReadOnlyList<(JpegComponent Component, int Dc, int Ac)> Components, int First, int Last, bool IsRefinement)
{
    private const int MostBlocks = 10;

    /// <summary>Reads a start of scan.</summary>
    /// <param name="segment">The segment behind its length.</param>
    /// <param name="frame">The frame it belongs to.</param>
    /// <exception cref="InvalidDataException">It contradicts itself or the frame.</exception>
    public static JpegScanHeader Read(ReadOnlySpan<byte> segment, JpegFrame frame)
    {
        if (segment.Length < 1 || segment[0] is < 1 or > 4 || segment.Length != 4 + 2 * segment[0])
        {
            throw new InvalidDataException("its start of scan is damaged");
        }

        var components = new List<(JpegComponent, int, int)>();
        for (var at = 1; at < 1 + 2 * segment[0]; at += 2)
        {
            var id = segment[at];
            var component = frame.Components.FirstOrDefault(component => component.Id == id)
                ?? throw new InvalidDataException("a scan is of a component that the frame does not have");
            components.Add((component, segment[at + 1] >> 4, segment[at + 1] & 15));
        }

        var header = new JpegScanHeader(components, segment[^3], segment[^2], segment[^1] >> 4 != 0);
        // Several components share a scan only in the first coefficients of a progressive JPEG, or in a sequential one.
        var isSound = frame.IsProgressive
            ? header is { First: 0, Last: 0 } or { First: > 0, Last: < 64, Components.Count: 1 } && header.First <= header.Last
            : header is { First: 0, Last: 63, IsRefinement: false };
        return isSound && header.Blocks().Length <= MostBlocks && components.Distinct().Count() == components.Count ? header : throw new InvalidDataException("a scan's coefficients contradict each other");
    }

    /// <summary>How many units the scan has: blocks of its only component, or of all of them together.</summary>
    /// <param name="frame">The frame it belongs to.</param>
    public (int Across, int Down) Units(JpegFrame frame) => Components.Count == 1 ? frame.BlocksOf(Components[0].Component) : frame.Units;

    /// <summary>The components of a unit's blocks, in their order, as positions in <see cref="Components"/>.</summary>
    public int[] Blocks() => Components.Count == 1
        ? [0]
        : [.. Components.SelectMany((entry, i) => Enumerable.Repeat(i, entry.Component.Horizontal * entry.Component.Vertical))];
}
