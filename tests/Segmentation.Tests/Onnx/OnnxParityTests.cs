using Maskwright.Imaging;
using Maskwright.OnnxInference;
using Maskwright.Segmentation.Networks;
using Maskwright.Segmentation.Onnx;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Tests;

public sealed class OnnxParityTests
{
    [Theory]
    [InlineData(NetworkOptions.DeepLabV3MobileNetV3Large, true)]
    [InlineData(NetworkOptions.DeepLabV3ResNet50, true)]
    [InlineData(NetworkOptions.DeepLabV3ResNet101, false)]
    [InlineData(NetworkOptions.LrAsppMobileNetV3Large, false)]
    public void An_exported_network_scores_as_its_original_does(string network, bool auxiliaryHead)
    {
        using var model = Model(network, auxiliaryHead);
        using var exported = OnnxPredictor.Load(OnnxExport.Write(model, "test"), "model.onnx");
        RgbImage[] images = [Picture(96, 96, seed: 1), Picture(130, 70, seed: 2), Picture(41, 57, seed: 3)];

        var expected = Forward(model, images);
        var actual = exported.Score(images).SelectMany(scores => scores.Values).ToArray();

        var largest = expected.Max(Math.Abs);
        largest.ShouldBeGreaterThan(1e-3f);
        for (var i = 0; i < expected.Length; i++)
            Math.Abs(actual[i] - expected[i]).ShouldBeLessThan(1e-4f * largest);
    }

    [Fact]
    public void The_file_describes_itself()
    {
        using var model = Model(NetworkOptions.LrAsppMobileNetV3Large, auxiliaryHead: false);

        using var exported = OnnxPredictor.Load(OnnxExport.Write(model, "test"), "model.onnx");

        exported.Classes.ShouldBe(SyntheticSplit.Classes);
        var labelled = exported.Predict(Picture(50, 20, seed: 4), withConfidence: true);
        (labelled.Mask.Width, labelled.Mask.Height).ShouldBe((50, 20));
        labelled.Confidence.ShouldAllBe(value => value > 0.33f && value <= 1);
    }

    [Fact]
    public void A_file_that_is_no_model_of_ours_is_named()
    {
        Should.Throw<OnnxModelException>(() => OnnxPredictor.Load([1, 2, 3], "broken.onnx")).Message.ShouldContain("broken.onnx");
        var foreign = new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Version = 18 } },
            Graph = new GraphProto { Name = "other" },
        };
        Should.Throw<OnnxModelException>(() => OnnxPredictor.Load(Google.Protobuf.MessageExtensions.ToByteArray(foreign), "other.onnx"));
    }

    // As validation does it.
    private static float[] Forward(TrainedModel model, RgbImage[] images)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var side = model.Description.ImageSize;
        using var batch = new Batch([.. images.Select((_, i) => $"{i}")], side);
        for (var i = 0; i < images.Length; i++)
            model.Description.Normalization.Apply(Resampling.Resize(images[i], side, side).Pixels, batch.Image(i));
        return model.Network.forward(batch.ToImages(CPU)).Output.data<float>().ToArray();
    }

    /// <summary>Statistics of normalisation as after some training: with those of a new network, layers would hardly differ.</summary>
    private static TrainedModel Model(string network, bool auxiliaryHead)
    {
        var model = TrainedModel.Create(
            new ModelDescription { Network = network, Classes = SyntheticSplit.Classes, ImageSize = 96, AuxiliaryHead = auxiliaryHead }, seed: 5);
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var generator = new Generator(6);
        foreach (var (name, value) in model.Network.state_dict())
        {
            if (name.EndsWith("running_mean", StringComparison.Ordinal) || (name.EndsWith("bias", StringComparison.Ordinal) && value.dim() == 1))
                value.copy_(randn(value.shape, generator: generator) * 0.1);
            else if (name.EndsWith("running_var", StringComparison.Ordinal))
                value.copy_(rand(value.shape, generator: generator) + 0.5);
        }

        return model;
    }

    private static RgbImage Picture(int width, int height, int seed)
    {
        var pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }
}
