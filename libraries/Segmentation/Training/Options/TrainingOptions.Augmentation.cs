namespace Maskwright.Segmentation;

/// <content>How samples are changed before the network sees them; masks move with their images.</content>
public sealed partial record TrainingOptions
{
    /// <summary>Probability of a horizontal flip, 0 to 1.</summary>
    public double HorizontalFlip { get; init; } = 0.5;

    /// <summary>Probability of a vertical flip, 0 to 1.</summary>
    public double VerticalFlip { get; init; } = 0.5;

    /// <summary>Probability of a rotation, 0 to 1.</summary>
    public double Rotation { get; init; } = 1;

    /// <summary>Images are turned by an angle drawn from [-x, x] degrees, 0 to 180.</summary>
    public double RotationDegrees { get; init; } = 15;

    /// <summary>Probability of cutting out a part and enlarging it to the whole, 0 to 1.</summary>
    public double RandomResizedCrop { get; init; }

    /// <summary>Smallest part of the image's area that is cut out, 0.05 to 1; the largest is the whole.</summary>
    public double CropMinArea { get; init; } = 0.25;

    /// <summary>How far the part's width and height may differ, as a factor from 1 to 4.</summary>
    public double CropMaxAspect { get; init; } = 4.0 / 3.0;

    /// <summary>Probability of scaling the image and cutting out a square of the input's size, 0 to 1.</summary>
    public double ScaleJitter { get; init; }

    /// <summary>Smallest scale, 0.1 to 1. Below 1 the image is surrounded by the mean colour, to be ignored.</summary>
    public double ScaleMin { get; init; } = 0.5;

    /// <summary>Largest scale, 1 to 8.</summary>
    public double ScaleMax { get; init; } = 2;

    /// <summary>Probability of cutting out a part around a pixel of the image's rarest class, 0 to 1.</summary>
    public double RareCrop { get; init; }

    /// <summary>Probability of changing the colours, 0 to 1.</summary>
    public double ColorJitter { get; init; }

    /// <summary>Brightness is multiplied by a factor drawn from [1 - x, 1 + x], 0 to 1.</summary>
    public double Brightness { get; init; } = 0.4;

    /// <summary>Contrast is multiplied by a factor drawn from [1 - x, 1 + x], 0 to 1.</summary>
    public double Contrast { get; init; } = 0.4;

    /// <summary>Saturation is multiplied by a factor drawn from [1 - x, 1 + x], 0 to 1.</summary>
    public double Saturation { get; init; } = 0.4;

    /// <summary>Hue is turned by a part of a whole turn drawn from [-x, x], 0 to 0.5.</summary>
    public double Hue { get; init; } = 0.1;

    /// <summary>Probability of taking the colours away, 0 to 1.</summary>
    public double Grayscale { get; init; }

    /// <summary>Probability of a Gaussian blur, 0 to 1.</summary>
    public double Blur { get; init; }

    /// <summary>Its standard deviation is drawn from [0.1, x] pixels, 0.1 to 10.</summary>
    public double BlurSigma { get; init; } = 2;

    private void CheckAugmentation(OptionCheck check)
    {
        check.Probability(nameof(HorizontalFlip), HorizontalFlip);
        check.Probability(nameof(VerticalFlip), VerticalFlip);
        check.Probability(nameof(Rotation), Rotation);
        check.Range(nameof(RotationDegrees), RotationDegrees, 0, 180, "degrees");
        check.Probability(nameof(RandomResizedCrop), RandomResizedCrop);
        check.Range(nameof(CropMinArea), CropMinArea, 0.05, 1);
        check.Range(nameof(CropMaxAspect), CropMaxAspect, 1, 4);
        check.Probability(nameof(ScaleJitter), ScaleJitter);
        check.Range(nameof(ScaleMin), ScaleMin, 0.1, 1);
        check.Range(nameof(ScaleMax), ScaleMax, 1, 8);
        check.Probability(nameof(RareCrop), RareCrop);
        check.Probability(nameof(ColorJitter), ColorJitter);
        check.Range(nameof(Brightness), Brightness, 0, 1);
        check.Range(nameof(Contrast), Contrast, 0, 1);
        check.Range(nameof(Saturation), Saturation, 0, 1);
        check.Range(nameof(Hue), Hue, 0, 0.5);
        check.Probability(nameof(Grayscale), Grayscale);
        check.Probability(nameof(Blur), Blur);
        check.Range(nameof(BlurSigma), BlurSigma, 0.1, 10, "pixels");
    }
}
