namespace Maskwright.Imaging;

/// <summary>How pixel values become network input: <c>(value / 255 - mean) / deviation</c> for each of red, green, blue.</summary>
/// <param name="Mean">Three means, on the scale 0 to 1.</param>
/// <param name="Deviation">Three standard deviations, on the scale 0 to 1.</param>
public sealed record ImageNormalization(IReadOnlyList<float> Mean, IReadOnlyList<float> Deviation)
{
    /// <summary>ImageNet's, which torchvision's networks expect.</summary>
    public static ImageNormalization ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>The mean colour as 8-bit values; it becomes about 0 in network input.</summary>
    public (byte Red, byte Green, byte Blue) MeanColour =>
        ((byte)MathF.Round(Mean[0] * 255), (byte)MathF.Round(Mean[1] * 255), (byte)MathF.Round(Mean[2] * 255));

    /// <summary>Normalises interleaved 8-bit samples, shape [.., 3], keeping their order.</summary>
    public void Apply(ReadOnlySpan<byte> pixels, Span<float> destination)
    {
        var table = Tables();
        for (var i = 0; i + 2 < pixels.Length; i += 3)
        {
            destination[i] = table[pixels[i]];
            destination[i + 1] = table[256 + pixels[i + 1]];
            destination[i + 2] = table[512 + pixels[i + 2]];
        }
    }

    private float[] Tables()
    {
        var table = new float[3 * 256];
        for (var channel = 0; channel < 3; channel++)
        {
            for (var value = 0; value < 256; value++)
            {
                table[(channel * 256) + value] = ((value / 255f) - Mean[channel]) / Deviation[channel];
            }
        }

        return table;
    }
}
