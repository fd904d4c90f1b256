namespace Maskwright.Segmentation;

/// <summary>Changes an image and its mask together, as options ask for.</summary>
/// <param name="options">Probabilities and ranges.</param>
/// <param name="fill">The colour of what lies outside the image: the normalisation's mean, which is about 0 in network input.</param>
/// <param name="counts">Tells the rarest class, for crops around it; null where none is asked for.</param>
internal sealed class Augmentation(TrainingOptions options, (byte Red, byte Green, byte Blue) fill, ClassCounts? counts = null)
{
    /// <summary>Writes the changed image [S, S, 3] and mask [S, S] of one square sample.</summary>
    public void Apply(CachedSample sample, SampleRandom random, Span<byte> image, Span<byte> mask)
    {
        // Every draw is made whether it is used or not: one option never moves the draws of another.
        var size = sample.Mask.Width;
        var horizontal = random.NextDouble() < options.HorizontalFlip;
        var vertical = random.NextDouble() < options.VerticalFlip;
        var degrees = random.NextBetween(-options.RotationDegrees, options.RotationDegrees);
        var rotates = random.NextDouble() < options.Rotation && options.RotationDegrees > 0;
        var crop = CropWindow.Draw(options, sample.Mask, counts, ref random);
        var colours = ColourMatrix.Draw(options, ref random);
        var blurs = random.NextDouble() < options.Blur;
        var sigma = random.NextBetween(0.1, options.BlurSigma);

        var placement = new Placement(crop ?? CropWindow.Whole(size), rotates ? degrees * Math.PI / 180 : 0, horizontal, vertical);
        if (crop is null && !rotates)
        {
            placement.Mirror(sample, image, mask);
        }
        else
        {
            placement.Draw(sample, fill, image, mask);
        }

        colours?.Apply(image);
        if (blurs)
        {
            GaussianBlur.Apply(image, size, sigma);
        }
    }
}
