namespace Maskwright.Segmentation;

/// <summary>Scores of one confusion matrix. Ratios run from 0 to 1 and are null where they have no meaning, never NaN.</summary>
public sealed record SegmentationMetrics
{
    /// <summary>Scores by class, in the order of class indices.</summary>
    public required IReadOnlyList<ClassMetrics> Classes { get; init; }

    /// <summary>Valid pixels counted.</summary>
    public required long Pixels { get; init; }

    /// <summary>Mean IoU over the classes present in truth or prediction (Jaccard index; Everingham et al. 2010).</summary>
    public required double? MeanIoU { get; init; }

    /// <summary>Mean Dice over the same classes.</summary>
    public required double? MeanDice { get; init; }

    /// <summary>Share of valid pixels predicted rightly.</summary>
    public required double? PixelAccuracy { get; init; }

    /// <summary>Mean recall over the classes present in the truth.</summary>
    public required double? MeanAccuracy { get; init; }

    /// <summary>IoU averaged with each class's share of the truth as its weight (Long et al. 2015).</summary>
    public required double? FrequencyWeightedIoU { get; init; }

    /// <summary>Computes every score from the counts.</summary>
    public static SegmentationMetrics From(ConfusionMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var classes = new ClassMetrics[matrix.Classes];
        long right = 0;
        long pixels = 0;
        var weighted = 0.0;
        for (var index = 0; index < classes.Length; index++)
        {
            var scores = ClassMetrics.From(matrix, index);
            classes[index] = scores;
            right += matrix[index, index];
            pixels += scores.Support;
            weighted += scores.Support * (scores.IoU ?? 0);
        }

        return new SegmentationMetrics
        {
            Classes = classes,
            Pixels = pixels,
            MeanIoU = Mean(classes.Select(c => c.IoU)),
            MeanDice = Mean(classes.Select(c => c.Dice)),
            PixelAccuracy = pixels == 0 ? null : (double)right / pixels,
            MeanAccuracy = Mean(classes.Select(c => c.Recall)),
            FrequencyWeightedIoU = pixels == 0 ? null : weighted / pixels,
        };
    }

    private static double? Mean(IEnumerable<double?> values) => values.Average();
}

/// <summary>Scores of one class, with TP, FP and FN its true positive, false positive and false negative pixels.</summary>
/// <param name="Index">Class index; 0 is the background.</param>
/// <param name="Support">Pixels of the class in the truth: TP + FN.</param>
/// <param name="Predicted">Pixels predicted as the class: TP + FP.</param>
/// <param name="IoU">TP / (TP + FP + FN); null when the class is in neither truth nor prediction.</param>
/// <param name="Dice">2 TP / (2 TP + FP + FN); null likewise.</param>
/// <param name="Recall">TP / (TP + FN), also called class accuracy; null when the class is not in the truth.</param>
/// <param name="Precision">TP / (TP + FP); null when the class was never predicted.</param>
public sealed record ClassMetrics(int Index, long Support, long Predicted, double? IoU, double? Dice, double? Recall, double? Precision)
{
    internal static ClassMetrics From(ConfusionMatrix matrix, int index)
    {
        var hits = matrix[index, index];
        long support = 0;
        long predicted = 0;
        for (var other = 0; other < matrix.Classes; other++)
        {
            support += matrix[index, other];
            predicted += matrix[other, index];
        }

        return From(index, hits, support, predicted);
    }

    internal static ClassMetrics From(int index, long hits, long support, long predicted) => new(
        index,
        support,
        predicted,
        Ratio(hits, support + predicted - hits),
        Ratio(2 * hits, support + predicted),
        Ratio(hits, support),
        Ratio(hits, predicted));

    private static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
