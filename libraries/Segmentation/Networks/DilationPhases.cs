using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// A dilated depthwise convolution as an undilated one. Pixels whose coordinates differ by no multiple of the dilation never
/// meet in one sum, so the map falls apart into d x d smaller maps, which become images of the batch. The sums are the same;
/// libtorch has quick kernels for the gradients of the undilated convolution only.
/// </summary>
internal static class DilationPhases
{
    /// <summary>True for the convolutions this is for.</summary>
    public static bool Pays(ConvolutionShape shape) => shape.Groups == shape.Inputs && shape.Stride == 1 && shape.Dilation > 1;

    /// <summary>Convolves <c>[N, C, H, W]</c> with a weight <c>[C, 1, K, K]</c>, keeping the map's size.</summary>
    public static Tensor Convolve(Tensor input, Tensor weight, Tensor? bias, ConvolutionShape shape)
    {
        using var scope = NewDisposeScope();
        var d = shape.Dilation;
        var (count, channels, height, width) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3]);
        var (rows, columns) = ((height + d - 1) / d, (width + d - 1) / d);
        var even = rows * d == height && columns * d == width;

        // More zeros on the far side are more of the padding that is there.
        var padded = even ? input : nn.functional.pad(input, [0, (columns * d) - width, 0, (rows * d) - height]);
        var phases = padded.permute(0, 2, 3, 1)
            .reshape(count, rows, d, columns, d, channels)
            .permute(2, 4, 0, 1, 3, 5)
            .reshape(d * d * count, rows, columns, channels)
            .permute(0, 3, 1, 2);
        var padding = (long)(shape.Kernel - 1) / 2;
        var convolved = nn.functional.conv2d(phases, weight, bias, padding: [padding, padding], groups: shape.Groups);
        var joined = convolved.permute(0, 2, 3, 1)
            .reshape(d, d, count, rows, columns, channels)
            .permute(2, 3, 0, 4, 1, 5)
            .reshape(count, rows * d, columns * d, channels)
            .permute(0, 3, 1, 2);
        return (even ? joined : joined.narrow(2, 0, height).narrow(3, 0, width)).MoveToOuterDisposeScope();
    }
}
