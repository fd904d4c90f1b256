using Maskwright.Imaging;
using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Tests;

public sealed class TrainedModelTests
{
    private static readonly ModelDescription Description = new()
    {
        Network = NetworkOptions.DeepLabV3MobileNetV3Large,
        Classes = SyntheticSplit.Classes,
        ImageSize = 64,
        Normalization = new ImageNormalization([0.1f, 0.2f, 0.3f], [0.4f, 0.5f, 0.6f]),
    };

    [Fact]
    public void A_model_comes_back_from_its_file_with_its_description_and_every_bit()
    {
        using var model = Model(seed: 4);
        var bytes = model.ToFile().ToArray();

        using var loaded = TrainedModel.Load(bytes, "model");

        loaded.Description.Classes.ShouldBe(Description.Classes);
        loaded.Description.ImageSize.ShouldBe(64);
        loaded.Description.Normalization.Mean.ShouldBe(Description.Normalization.Mean);
        loaded.Description.Normalization.Deviation.ShouldBe(Description.Normalization.Deviation);
        loaded.ToFile().ToArray().ShouldBe(bytes);
    }

    [Fact]
    public void The_same_seed_draws_the_same_weights_and_the_distributions_are_torchvisions()
    {
        using var first = Model(seed: 4);
        using var second = Model(seed: 4);
        using var other = Model(seed: 5);
        using var scope = NewDisposeScope();

        first.ToFile().ToArray().ShouldBe(second.ToFile().ToArray());
        first.ToFile().ToArray().ShouldNotBe(other.ToFile().ToArray());
        var state = first.Network.state_dict();
        Deviation(state["backbone.16.0.weight"]).ShouldBe(Math.Sqrt(2.0 / 960), 0.0005);
        Deviation(state["backbone.14.block.1.0.weight"]).ShouldBe(Math.Sqrt(2.0 / (960 * 25)), 0.0005);
        Deviation(state["classifier.1.weight"]).ShouldBe(1 / Math.Sqrt(3 * 256 * 9), 0.0005);
        state["classifier.1.weight"].abs().max().item<float>().ShouldBe((float)(1 / Math.Sqrt(256 * 9)), 0.0001f);
        state["backbone.4.block.2.fc1.bias"].abs().max().item<float>().ShouldBe(0);
        state["classifier.4.bias"].abs().max().item<float>().ShouldBeInRange(0.0001f, 1 / 16f);
    }

    [Fact]
    public void Files_that_are_not_this_networks_are_refused_naming_what_is_wrong()
    {
        using var model = Model(seed: 4);
        var file = model.ToFile();

        Refusal(file.Metadata, file.Tensors.Values.Skip(1)).ShouldContain("1 missing");
        Refusal(file.Metadata, file.Tensors.Values.Append(new StoredTensor("extra", StoredType.U8, [0], default))).ShouldContain("1 unexpected (extra)");
        Refusal(file.Metadata, file.Tensors.Values.Select(t => t.Name == "classifier.4.bias" ? t with { Shape = [1, 3] } : t)).ShouldContain("classifier.4.bias");
        Refusal(Without(file.Metadata, "maskwright.classes"), file.Tensors.Values).ShouldContain("maskwright.classes");
        Refusal(With(file.Metadata, "maskwright.image_size", "7"), file.Tensors.Values).ShouldContain("images of 7 pixels");
        Refusal(With(file.Metadata, "maskwright.mean", "[1]"), file.Tensors.Values).ShouldContain("maskwright.mean");
        Refusal(With(file.Metadata, "maskwright.network", "unet"), file.Tensors.Values).ShouldContain("'unet'");
    }

    private static TrainedModel Model(long seed) => new(SegmentationNetwork.Create(Description.ToNetworkOptions(), seed), Description);

    private static double Deviation(Tensor tensor) => tensor.std().item<float>();

    private static string Refusal(IReadOnlyDictionary<string, string> metadata, IEnumerable<StoredTensor> tensors) =>
        Should.Throw<WeightsFormatException>(() => TrainedModel.Load(new SafeTensorsFile(metadata, tensors).ToArray(), "m.safetensors")).Message;

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> metadata, string key, string value) =>
        new(metadata, StringComparer.Ordinal) { [key] = value };

    private static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> metadata, string key) =>
        new(metadata.Where(pair => pair.Key != key), StringComparer.Ordinal);
}
