namespace Maskwright.Imaging;

/// <summary>One row of a <see cref="Figure"/>; picture and masks are of the same size.</summary>
/// <param name="Image">What the network was shown.</param>
/// <param name="Truth">What the annotators drew.</param>
/// <param name="Prediction">What the network answered.</param>
/// <param name="Label">One line above the row, for example the sample's name and IoU.</param>
public sealed record FigureRow(RgbImage Image, IndexMask Truth, IndexMask Prediction, string Label);
