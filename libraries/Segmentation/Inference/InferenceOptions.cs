namespace Maskwright.Segmentation;

/// <summary>How images are shown to a network. More looks cost that many times the time and usually gain a little.</summary>
public sealed record InferenceOptions
{
    /// <summary>Smallest and largest factor of <see cref="Scales"/>.</summary>
    public const double MinScale = 0.25, MaxScale = 4;

    /// <summary>Most factors in <see cref="Scales"/>.</summary>
    public const int MaxScales = 8;

    /// <summary>Once as they are, and no more.</summary>
    public static InferenceOptions Plain { get; } = new();

    /// <summary>Also mirrored left to right, the answers mirrored back and averaged.</summary>
    public bool Flip { get; init; }

    /// <summary>Factors of the network's input side at which images are shown, the answers averaged; each 0.25 to 4.</summary>
    public IReadOnlyList<double> Scales { get; init; } = [1];

    /// <summary>
    /// Images larger than the network's input are not shrunk but seen through windows of that size, each overlapping its
    /// neighbours by half, and the answers averaged. For networks that were trained on crops of whole images.
    /// </summary>
    public bool SlidingWindow { get; init; }

    /// <summary>Everything that is wrong with these options; empty when they can be used.</summary>
    public IReadOnlyList<OptionError> Validate()
    {
        var errors = new List<OptionError>();
        if (Scales.Count is 0 or > MaxScales)
            errors.Add(new OptionError(nameof(Scales), $"{nameof(Scales)} has {Scales.Count} factors; expected 1 to {MaxScales}."));
        if (Scales.Any(scale => scale is not (>= MinScale and <= MaxScale)))
            errors.Add(new OptionError(nameof(Scales), $"{nameof(Scales)} has a factor outside {MinScale} to {MaxScale}."));
        if (SlidingWindow && (Scales.Count != 1 || Scales[0] != 1))
            errors.Add(new OptionError(nameof(SlidingWindow), $"{nameof(SlidingWindow)} sees images at their own size; it cannot go with {nameof(Scales)}."));
        return errors;
    }
}
