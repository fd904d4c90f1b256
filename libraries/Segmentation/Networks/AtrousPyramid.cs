using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Networks;

/// <summary>
/// Atrous spatial pyramid pooling (Chen et al. 2017, "Rethinking Atrous Convolution", figure 5): a 1x1 convolution, 3x3
/// convolutions of rates 12, 24 and 36 and the map's mean, side by side, projected to 256 channels.
/// </summary>
internal sealed class AtrousPyramid : nn.Module<Tensor, Tensor>
{
    public const int Channels = 256;

    private static readonly int[] Rates = [12, 24, 36];

    [ComponentName(Name = "convs")]
    private readonly TorchSharp.Modules.ModuleList<nn.Module<Tensor, Tensor>> _branches = nn.ModuleList<nn.Module<Tensor, Tensor>>();

    [ComponentName(Name = "project")]
    private readonly TorchSharp.Modules.Sequential _project;

    public AtrousPyramid(int inputs, Initialization initialization)
        : base(nameof(AtrousPyramid))
    {
        var norm = BatchNormalization.Default;
        _branches.Add(new NormalizedConvolution(new ConvolutionShape(inputs, Channels), initialization, norm, Activation.Relu));
        foreach (var rate in Rates)
        {
            _branches.Add(new NormalizedConvolution(new ConvolutionShape(inputs, Channels, 3) { Dilation = rate }, initialization, norm, Activation.Relu));
        }

        _branches.Add(Layers.Chain(
            nn.AdaptiveAvgPool2d(1),
            new Convolution(new ConvolutionShape(inputs, Channels), initialization),
            norm.Of(Channels),
            new ActivationLayer(Activation.Relu)));
        _project = Layers.Chain(
            new Convolution(new ConvolutionShape(_branches.Count * Channels, Channels), initialization),
            norm.Of(Channels),
            new ActivationLayer(Activation.Relu),
            nn.Dropout(0.5));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var maps = _branches.Select(branch => branch.forward(input)).ToArray();

        // Bilinear enlargement of a single pixel is that pixel everywhere.
        var pooled = maps[^1];
        maps[^1] = pooled.expand(maps[0].shape);
        pooled.Dispose();
        using var joined = cat(maps, dim: 1);
        foreach (var map in maps)
        {
            map.Dispose();
        }

        return _project.forward(joined);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _branches.Dispose();
            _project.Dispose();
        }

        base.Dispose(disposing);
    }
}
