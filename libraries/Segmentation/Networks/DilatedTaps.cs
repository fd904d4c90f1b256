using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// A dilated 3x3 convolution computed tap by tap, each only where it sees the map and not its padding. With a dilation near
/// or beyond the map's side most products of the plain convolution are with zeros; leaving them out changes nothing, neither
/// in the output nor in the gradients (a tap that never sees the map has a zero gradient).
/// </summary>
internal static class DilatedTaps
{
    private const int Centre = 4;

    /// <summary>True where it is the cheaper way: no tap off the centre sees more than half of the map's side.</summary>
    public static bool Pays(ConvolutionShape shape, long height, long width) =>
        shape.Kernel == 3 && shape.Stride == 1 && shape.Groups == 1 && shape.Dilation > 1
        && shape.Dilation * 2 >= height && shape.Dilation * 2 >= width;

    /// <summary>Convolves <c>[N, C, H, W]</c> with a weight <c>[C', C, 3, 3]</c>, padded by the dilation, to <c>[N, C', H, W]</c>.</summary>
    public static Tensor Convolve(Tensor input, Tensor weight, Tensor? bias, int dilation)
    {
        var (height, width) = (input.shape[2], input.shape[3]);

        // Unbound at once, the taps' gradients are put together at once too, instead of nine sums of the whole weight's size.
        using var byTap = weight.permute(2, 3, 0, 1);
        using var flat = byTap.flatten(0, 1);
        var taps = flat.unbind(0);
        var output = Tap(input, taps[Centre], bias);
        for (var row = -1; row <= 1; row++)
        {
            for (var column = -1; column <= 1; column++)
            {
                var (rows, columns) = (height - (Math.Abs(row) * dilation), width - (Math.Abs(column) * dilation));
                if ((row == 0 && column == 0) || rows <= 0 || columns <= 0)
                {
                    continue;
                }

                // The output at y reads the input at y + row · dilation.
                using var seen = Window(input, Math.Max(0, row * dilation), rows, Math.Max(0, column * dilation), columns);
                using var part = Tap(seen, taps[Centre + (3 * row) + column], bias: null);
                using var target = Window(output, Math.Max(0, -row * dilation), rows, Math.Max(0, -column * dilation), columns);
                target.add_(part);
            }
        }

        foreach (var tap in taps)
        {
            tap.Dispose();
        }

        return output;
    }

    /// <summary>The 1x1 convolution of one tap, <c>[C', C]</c>.</summary>
    private static Tensor Tap(Tensor input, Tensor tap, Tensor? bias)
    {
        using var column = tap.unsqueeze(2);
        using var kernel = column.unsqueeze(3);
        return nn.functional.conv2d(input, kernel, bias);
    }

    private static Tensor Window(Tensor map, long top, long rows, long left, long columns)
    {
        using var band = map.narrow(2, top, rows);
        return band.narrow(3, left, columns);
    }
}
