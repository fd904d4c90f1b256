using static TorchSharp.torch;

namespace Maskwright.Segmentation.Tests;

/// <summary>The formulas of Golden/make_goldens.py.</summary>
internal static class Formula
{
    public static void Fill(nn.Module module)
    {
        using var noGrad = no_grad();
        var number = 0;
        foreach (var (key, tensor) in module.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var phase = number++;
            if (key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            {
                continue;
            }

            var values = Wave(tensor.numel(), phase);
            if (key.EndsWith("running_var", StringComparison.Ordinal))
            {
                values = 1.0 + (0.5 * values);
            }
            else if (key.EndsWith("running_mean", StringComparison.Ordinal) || key.EndsWith("bias", StringComparison.Ordinal))
            {
                values = 0.1 * values;
            }
            else if (tensor.dim() == 1)
            {
                // Or the sums of ResNet's blocks grow without bound.
                values = (1.0 + (0.2 * values)) * (key.EndsWith("bn3.weight", StringComparison.Ordinal) ? 0.25 : 1.0);
            }
            else
            {
                values = values * Math.Sqrt(3.4 / tensor[0].numel());
            }

            tensor.copy_(values.reshape(tensor.shape).to(ScalarType.Float32));
        }
    }

    public static Tensor Image(int height, int width)
    {
        var index = arange(2L * 3 * height * width, dtype: ScalarType.Float64);
        return sin((index * 0.13) + (3.0 * cos(index * 0.0007))).reshape(2, 3, height, width).to(ScalarType.Float32);
    }

    public static Tensor Target(int height, int width)
    {
        var pixels = Enumerable.Range(0, 2 * height * width).Select(i => i % 11 == 0 ? 255L : i / 7 % 6).ToArray();
        return tensor(pixels).reshape(2, height, width);
    }

    private static Tensor Wave(long count, int phase)
    {
        var index = arange(count, dtype: ScalarType.Float64);
        return sin((index * 1.7) + (index * index * 0.0003) + phase);
    }
}
