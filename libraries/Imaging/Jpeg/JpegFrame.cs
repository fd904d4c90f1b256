using System.Buffers.Binary;

namespace Maskwright.Imaging;

/// <summary>Size and components of a JPEG, from its start of frame (ITU-T T.81, B.2.2).</summary>
internal sealed class JpegFrame
{
    /// <summary>Rows and columns of a block.</summary>
    public const int BlockSide = 8;

    private const int MostSampling = 4;

    private JpegFrame(int width, int height, bool isProgressive, JpegComponent[] components)
    {
        (Width, Height, IsProgressive, Components) = (width, height, isProgressive, components);
        MostHorizontal = components.Max(component => component.Horizontal);
        MostVertical = components.Max(component => component.Vertical);
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Whether it is coded in scans that refine each other.</summary>
    public bool IsProgressive { get; }

    /// <summary>The components, in their order.</summary>
    public JpegComponent[] Components { get; }

    /// <summary>The largest horizontal sampling factor.</summary>
    public int MostHorizontal { get; }

    /// <summary>The largest vertical sampling factor.</summary>
    public int MostVertical { get; }

    /// <summary>Units of all components, from left to right and from top to bottom.</summary>
    public (int Across, int Down) Units => (Ceiling(Width, BlockSide * MostHorizontal), Ceiling(Height, BlockSide * MostVertical));

    /// <summary>Blocks of a component when it is alone in a scan.</summary>
    public (int Across, int Down) BlocksOf(JpegComponent component)
    {
        var (across, down) = SamplesOf(component);
        return (Ceiling(across, BlockSide), Ceiling(down, BlockSide));
    }

    /// <summary>Samples of a component that belong to the picture.</summary>
    public (int Across, int Down) SamplesOf(JpegComponent component) => (
        Ceiling(Width * component.Horizontal, MostHorizontal),
        Ceiling(Height * component.Vertical, MostVertical));

    /// <summary>Reads a start of frame.</summary>
    /// <param name="segment">The segment behind its length.</param>
    /// <param name="isProgressive">What its marker says.</param>
    /// <returns>Null when it is of 12 bits, or does not know its height yet.</returns>
    /// <exception cref="InvalidDataException">It contradicts itself.</exception>
    public static JpegFrame? Read(ReadOnlySpan<byte> segment, bool isProgressive)
    {
        if (segment.Length < 6 || segment.Length < 6 + 3 * segment[5])
        {
            throw new InvalidDataException("its start of frame is too short");
        }

        var (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), BinaryPrimitives.ReadUInt16BigEndian(segment[3..]));
        if (segment[0] != 8 || height == 0)
        {
            return null;
        }

        var components = new JpegComponent[segment[5]];
        for (var i = 0; i < components.Length; i++)
        {
            var described = segment.Slice(6 + 3 * i, 3);
            components[i] = new JpegComponent(described[0], described[1] >> 4, described[1] & 15, described[2]);
        }

        return width > 0 && components.Length is >= 1 and <= 4 && components.All(IsSound) && components.DistinctBy(component => component.Id).Count() == components.Length
            ? new JpegFrame(width, height, isProgressive, components)
            : throw new InvalidDataException("its start of frame contradicts itself");
    }

    private static bool IsSound(JpegComponent component) =>
        component is { Horizontal: >= 1 and <= MostSampling, Vertical: >= 1 and <= MostSampling, Quantisation: < 4 };

    private static int Ceiling(int value, int divisor) => (value + divisor - 1) / divisor;
}

/// <summary>A component of a JPEG.</summary>
/// <param name="Id">What scans call it.</param>
/// <param name="Horizontal">Horizontal sampling factor, 1 to 4.</param>
/// <param name="Vertical">Vertical sampling factor, 1 to 4.</param>
/// <param name="Quantisation">Number of its quantisation table, 0 to 3.</param>
internal sealed record JpegComponent(byte Id, int Horizontal, int Vertical, int Quantisation);
