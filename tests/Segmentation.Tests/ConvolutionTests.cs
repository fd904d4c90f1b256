using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Tests;

public sealed class ConvolutionTests
{
    [Theory]
    [InlineData(12, 16, 16)]
    [InlineData(24, 16, 16)]
    [InlineData(12, 8, 8)]
    [InlineData(12, 13, 20)]
    [InlineData(12, 20, 9)]
    [InlineData(12, 33, 33)]
    [InlineData(24, 33, 40)]
    public void A_dilated_convolution_computed_where_its_taps_touch_the_map_is_the_plain_one(int dilation, int height, int width) =>
        ShouldBePlain(new ConvolutionShape(10, 7, 3) { Dilation = dilation }, height, width);

    [Theory]
    [InlineData(3, 2, 8, 8)]
    [InlineData(5, 2, 16, 14)]
    [InlineData(5, 2, 7, 9)]
    [InlineData(5, 2, 1, 1)]
    [InlineData(3, 3, 10, 12)]
    public void A_dilated_depthwise_convolution_computed_by_phases_is_the_plain_one(int kernel, int dilation, int height, int width) =>
        ShouldBePlain(new ConvolutionShape(6, 6, kernel) { Dilation = dilation, Groups = 6 }, height, width);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 12, 1)]
    [InlineData(3, 1, 6)]
    [InlineData(5, 2, 6)]
    public void A_normalisation_that_the_weights_have_taken_up_is_the_plain_one_and_is_forgotten_with_the_mode(int kernel, int dilation, int groups)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        using var generator = new Generator(3);
        var shape = new ConvolutionShape(6, 6, kernel) { Dilation = dilation, Groups = groups };
        using var layer = new NormalizedConvolution(shape, new Initialization(generator, backbone: true), BatchNormalization.Default, activation: null);
        Formula.Fill(layer);
        var (convolution, normalization) = ((Convolution)layer.children().First(), layer.children().Last());
        var input = randn([2, 6, 14, 14], generator: generator);
        layer.eval();

        for (var round = 1; round <= 2; round++)
        {
            var plain = ((nn.Module<Tensor, Tensor>)normalization).forward(convolution.forward(input));
            Difference(layer.forward(input), plain).ShouldBeLessThan(1e-5);
            Difference(layer.forward(input), plain).ShouldBeLessThan(1e-5);
            convolution.parameters().Single().mul_(2);
            layer.eval();
        }
    }

    private static void ShouldBePlain(ConvolutionShape shape, int height, int width)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var convolution = new Convolution(shape, new Initialization(generator, backbone: true));
        var weight = convolution.parameters().Single();
        var input = randn([2, shape.Inputs, height, width], generator: generator);
        var pull = randn([2, shape.Outputs, height, width], generator: generator);

        var (output, inputGradient) = Run(input, pull, convolution.forward);
        var weightGradient = weight.grad!.clone();
        weight.grad = null;
        var (plain, plainInputGradient) = Run(input, pull, x => nn.functional.conv2d(
            x, weight, null, padding: [shape.Padding, shape.Padding], dilation: [shape.Dilation, shape.Dilation], groups: shape.Groups));

        Difference(output, plain).ShouldBeLessThan(1e-5);
        Difference(inputGradient, plainInputGradient).ShouldBeLessThan(1e-5);
        Difference(weightGradient, weight.grad!).ShouldBeLessThan(1e-5);
        plain.abs().max().item<float>().ShouldBeGreaterThan(0.1f);
    }

    private static (Tensor Output, Tensor InputGradient) Run(Tensor input, Tensor pull, Func<Tensor, Tensor> convolve)
    {
        var leaf = input.clone().requires_grad_();
        var output = convolve(leaf);
        output.backward([pull]);
        return (output.detach(), leaf.grad!);
    }

    private static double Difference(Tensor a, Tensor b) =>
        (a - b).abs().max().item<float>() / Math.Max(1, b.abs().max().item<float>());
}
