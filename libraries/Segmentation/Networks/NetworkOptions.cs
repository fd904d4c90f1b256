namespace Maskwright.Segmentation.Networks;

/// <summary>Which network, and its sizes.</summary>
public sealed record NetworkOptions
{
    /// <summary>DeepLabV3 over a dilated MobileNetV3-Large: output stride 16, quick on a CPU.</summary>
    public const string DeepLabV3MobileNetV3Large = "deeplabv3_mobilenet_v3_large";

    /// <summary>DeepLabV3 over a dilated ResNet50: output stride 8.</summary>
    public const string DeepLabV3ResNet50 = "deeplabv3_resnet50";

    /// <summary>DeepLabV3 over a dilated ResNet101: output stride 8.</summary>
    public const string DeepLabV3ResNet101 = "deeplabv3_resnet101";

    /// <summary>Lite reduced ASPP over a dilated MobileNetV3-Large: the smallest and quickest.</summary>
    public const string LrAsppMobileNetV3Large = "lraspp_mobilenet_v3_large";

    /// <summary>The networks that can be made, by the names of torchvision's functions.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [DeepLabV3MobileNetV3Large, DeepLabV3ResNet50, DeepLabV3ResNet101, LrAsppMobileNetV3Large];

    /// <summary>One of <see cref="Names"/>.</summary>
    public string Name { get; init; } = DeepLabV3MobileNetV3Large;

    /// <summary>Number of classes, background included; 2 to 255.</summary>
    public required int Classes { get; init; }

    /// <summary>
    /// Adds torchvision's auxiliary head (<c>aux_classifier.*</c>), which helps in training and is not needed after it.
    /// <see cref="LrAsppMobileNetV3Large"/> has none.
    /// </summary>
    public bool AuxiliaryHead { get; init; }

    /// <summary>
    /// Weight of a new batch in the backbone's running statistics, above 0 and at most 1; null for the network's own, which is
    /// 0.01 for MobileNetV3 and 0.1 for ResNet. The outputs of given weights do not depend on it.
    /// </summary>
    public double? BackboneMomentum { get; init; }

    /// <summary>Whether a network of this name can have an auxiliary head.</summary>
    public static bool HasAuxiliaryHead(string name) => name != LrAsppMobileNetV3Large;
}
