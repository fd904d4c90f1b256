using TorchSharp;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// Draws a new network's weights from one seeded generator, as torchvision draws them: a backbone convolution by
/// <c>kaiming_normal_(mode="fan_out")</c> with zero bias (He et al. 2015, eq. 14), a head convolution by PyTorch's default
/// (uniform, bound <c>1/sqrt(fan_in)</c>).
/// </summary>
internal sealed class Initialization(torch.Generator generator, bool backbone)
{
    public void FillWeight(torch.Tensor weight)
    {
        var shape = weight.shape;
        var area = shape[2] * shape[3];
        if (backbone)
        {
            weight.normal_(0, Math.Sqrt(2.0 / (shape[0] * area)), generator);
        }
        else
        {
            var bound = 1 / Math.Sqrt(shape[1] * area);
            weight.uniform_(-bound, bound, generator);
        }
    }

    public void FillBias(torch.Tensor bias, int fanIn)
    {
        if (backbone)
        {
            bias.zero_();
        }
        else
        {
            var bound = 1 / Math.Sqrt(fanIn);
            bias.uniform_(-bound, bound, generator);
        }
    }
}
