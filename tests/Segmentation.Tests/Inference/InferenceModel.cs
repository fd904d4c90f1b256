using Maskwright.Segmentation.Networks;

namespace Maskwright.Segmentation.Tests;

/// <summary>A small untrained model: its answers are noise, but the same noise every time.</summary>
internal static class InferenceModel
{
    public const int Side = 64;

    public static TrainedModel Create()
    {
        var description = new ModelDescription
        {
            Network = NetworkOptions.DeepLabV3MobileNetV3Large,
            Classes = SyntheticSplit.Classes,
            ImageSize = Side,
        };
        return TrainedModel.Create(description, seed: 4);
    }
}
