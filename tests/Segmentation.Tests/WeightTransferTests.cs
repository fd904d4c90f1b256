using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Tests;

public sealed class WeightTransferTests
{
    private const string Mobile = NetworkOptions.DeepLabV3MobileNetV3Large;

    [Fact]
    public void A_whole_network_of_as_many_classes_is_taken_to_the_last_tensor()
    {
        using var source = Create(Mobile, 6, auxiliary: true, seed: 1);
        using var target = Create(Mobile, 6, auxiliary: true, seed: 2);

        var note = WeightTransfer.Apply(target, Tensors(source), "w.pth");

        note.ShouldBe("initial weights of w.pth: took backbone, classifier, aux_classifier");
        Equal(source, target, _ => true).ShouldBe(Count(target));
    }

    [Fact]
    public void Class_layers_of_another_size_are_new_and_said_and_all_else_is_taken()
    {
        using var source = Create(Mobile, 21, auxiliary: true, seed: 1);
        using var target = Create(Mobile, 6, auxiliary: true, seed: 2);
        using var untouched = Create(Mobile, 6, auxiliary: true, seed: 2);

        var note = WeightTransfer.Apply(target, Tensors(source), "w.pth");

        note.ShouldContain("new weights: classifier.4 (21 classes in the file, 6 here), aux_classifier.4 (21 classes in the file, 6 here)");
        Equal(source, target, key => !key.Contains("classifier.4.", StringComparison.Ordinal)).ShouldBe(Count(target) - 4);
        Equal(untouched, target, key => key.Contains("classifier.4.", StringComparison.Ordinal)).ShouldBe(4);
    }

    [Fact]
    public void An_auxiliary_head_may_be_in_the_file_or_the_network_alone()
    {
        using var with = Create(Mobile, 6, auxiliary: true, seed: 1);
        using var without = Create(Mobile, 6, auxiliary: false, seed: 2);

        WeightTransfer.Apply(without, Tensors(with), "w.pth").ShouldEndWith("; left out: aux_classifier");
        WeightTransfer.Apply(with, Tensors(without), "w.pth").ShouldEndWith("new weights: aux_classifier (not in the file)");
    }

    [Theory]
    [InlineData(Mobile, "features.")]
    [InlineData(NetworkOptions.LrAsppMobileNetV3Large, "features.")]
    [InlineData(NetworkOptions.DeepLabV3ResNet50, "")]
    public void A_backbone_trained_to_classify_is_taken_and_its_classifier_left(string name, string prefix)
    {
        using var source = Create(name, 6, auxiliary: false, seed: 1);
        using var target = Create(name, 6, auxiliary: false, seed: 2);
        var classifier = Tensors(source).Where(pair => pair.Key.StartsWith("backbone.", StringComparison.Ordinal))
            .ToDictionary(pair => prefix + pair.Key["backbone.".Length..], pair => pair.Value);
        classifier["classifier.0.weight"] = new StoredTensor("classifier.0.weight", StoredType.F32, [1], new byte[4]);
        foreach (var counter in classifier.Keys.Where(key => key.EndsWith("num_batches_tracked", StringComparison.Ordinal)))
        {
            classifier.Remove(counter);
        }

        var note = WeightTransfer.Apply(target, classifier, "backbone.pth");

        note.ShouldBe("initial weights of backbone.pth: took backbone; new weights: classifier (not in the file)");
        Equal(source, target, key => key.StartsWith("backbone.", StringComparison.Ordinal)).ShouldBe(
            target.state_dict().Keys.Count(key => key.StartsWith("backbone.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Weights_of_another_network_are_refused_naming_the_tensor()
    {
        using var mobile = Create(Mobile, 6, auxiliary: false, seed: 1);
        using var resnet = Create(NetworkOptions.DeepLabV3ResNet50, 6, auxiliary: false, seed: 1);

        Should.Throw<WeightsFormatException>(() => WeightTransfer.Apply(mobile, Tensors(resnet), "r.pth")).Message
            .ShouldStartWith("r.pth has no tensor backbone.0.0.weight, which deeplabv3_mobilenet_v3_large needs.");
        var odd = Tensors(mobile);
        odd["backbone.0.0.weight"] = odd["backbone.0.0.weight"] with { Shape = [16, 27] };
        Should.Throw<WeightsFormatException>(() => WeightTransfer.Apply(mobile, odd, "o.pth")).Message.ShouldContain("backbone.0.0.weight of o.pth has shape [16, 27]");
    }

    private static SegmentationNetwork Create(string name, int classes, bool auxiliary, long seed) =>
        SegmentationNetwork.Create(new NetworkOptions { Name = name, Classes = classes, AuxiliaryHead = auxiliary }, seed);

    private static Dictionary<string, StoredTensor> Tensors(SegmentationNetwork network) =>
        new(new TrainedModel(network, new ModelDescription { Network = network.Options.Name, Classes = [], ImageSize = 64 }).ToFile().Tensors);

    private static int Count(SegmentationNetwork network) => network.state_dict().Count;

    private static int Equal(SegmentationNetwork source, SegmentationNetwork target, Func<string, bool> asked)
    {
        using var scope = NewDisposeScope();
        var state = source.state_dict();
        return target.state_dict().Count(pair => asked(pair.Key) && state[pair.Key].equal(pair.Value).all().item<bool>());
    }
}
