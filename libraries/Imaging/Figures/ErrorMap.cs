namespace Maskwright.Imaging;

/// <summary>A picture of what a prediction got wrong: the image in pale grey, wrong pixels vermilion, ignored ones white.</summary>
public static class ErrorMap
{
    // Okabe and Ito's vermilion stands out from grey in every kind of colour vision.
    internal static readonly (byte R, byte G, byte B) Wrong = (213, 94, 0);

    /// <summary>Draws it.</summary>
    /// <param name="image">What was shown.</param>
    /// <param name="truth">The annotators' mask, of the same size.</param>
    /// <param name="prediction">The network's, of the same size.</param>
    /// <exception cref="ArgumentException">A mask has another size.</exception>
    public static RgbImage Draw(RgbImage image, IndexMask truth, IndexMask prediction)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(prediction);
        if ((truth.Width, truth.Height) != (image.Width, image.Height) || (prediction.Width, prediction.Height) != (image.Width, image.Height))
            throw new ArgumentException($"Masks of {truth.Width}x{truth.Height} and {prediction.Width}x{prediction.Height} beside a picture of {image.Width}x{image.Height}; expected the same size.", nameof(truth));
        var pixels = new byte[image.Pixels.Length];
        for (var i = 0; i < truth.Pixels.Length; i++)
        {
            var target = pixels.AsSpan(i * 3, 3);
            if (truth.Pixels[i] == IndexMask.Ignore)
            {
                target.Fill(255);
            }
            else if (truth.Pixels[i] != prediction.Pixels[i])
            {
                (target[0], target[1], target[2]) = Wrong;
            }
            else
            {
                // Luma of ITU-R BT.601, drawn into the upper half of the range.
                var source = image.Pixels.AsSpan(i * 3, 3);
                target.Fill((byte)(128 + (((299 * source[0]) + (587 * source[1]) + (114 * source[2])) / 2000)));
            }
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }
}
