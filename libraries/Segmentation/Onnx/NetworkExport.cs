using Maskwright.Segmentation.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Convolution = Maskwright.Segmentation.Networks.Convolution;

namespace Maskwright.Segmentation.Onnx;

/// <summary>
/// Follows a network's modules as its forward pass does, and adds ONNX's operator for each. Constants keep the names of the
/// state dictionary.
/// </summary>
/// <param name="graph">Where the operators go.</param>
/// <param name="side">Side of the network's square input, in pixels.</param>
internal sealed class NetworkExport(OnnxGraph graph, int side)
{
    // In the order of the operator's inputs.
    private static readonly string[] NormConstants = ["weight", "bias", "running_mean", "running_var"];

    /// <summary>Adds a whole network and gives the name of its scores at the input's size.</summary>
    public string Export(SegmentationNetwork network, string images)
    {
        var children = Children(network);
        var (output, early) = Features(children["backbone"], "backbone", images);
        var scores = network switch
        {
            DeepLabV3 => Chain(children["classifier"], "classifier", output.Value, output.Side),
            LrAspp => LrAsppScores(children["classifier"], "classifier", output, early),
            _ => throw new NotSupportedException($"Network '{network.Options.Name}' cannot be written as ONNX yet."),
        };
        return Resize(scores, side);
    }

    private (Map Output, Map Early) Features(nn.Module backbone, string prefix, string images) => backbone switch
    {
        MobileNetV3Backbone mobile => MobileNet(mobile, prefix, images),
        ResNetBackbone resNet => ResNet(resNet, prefix, images),
        _ => throw new NotSupportedException($"Backbone {backbone.GetName()} cannot be written as ONNX yet."),
    };

    private (Map Output, Map Early) MobileNet(MobileNetV3Backbone backbone, string prefix, string images)
    {
        var map = new Map(images, side);
        var early = map;
        var index = 0;
        foreach (var (name, layer) in backbone.named_children())
        {
            map = Layer(layer, $"{prefix}.{name}", map);
            if (index++ == MobileNetV3Backbone.AuxiliaryLayer)
                early = map;
        }

        return (map, early);
    }

    private (Map Output, Map Early) ResNet(ResNetBackbone backbone, string prefix, string images)
    {
        var children = Children(backbone);
        var stem = Relu(Normalized(children, prefix, "conv1", "bn1", new Map(images, side)));
        var pooled = new Map(
            graph.Add("MaxPool", [stem.Value], ("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 })),
            Half(stem.Side));
        var second = Layer(children["layer2"], $"{prefix}.layer2", Layer(children["layer1"], $"{prefix}.layer1", pooled));
        var third = Layer(children["layer3"], $"{prefix}.layer3", second);
        return (Layer(children["layer4"], $"{prefix}.layer4", third), third);
    }

    private string LrAsppScores(nn.Module head, string prefix, Map output, Map early)
    {
        var children = Children(head);
        var projected = Layer(children["cbr"], $"{prefix}.cbr", output);
        var scale = Layer(children["scale"], $"{prefix}.scale", output);
        var scaled = graph.Add("Mul", [projected.Value, scale.Value]);
        var high = Layer(children["high_classifier"], $"{prefix}.high_classifier", new Map(scaled, output.Side));
        var low = Layer(children["low_classifier"], $"{prefix}.low_classifier", early);
        return graph.Add("Add", [low.Value, Resize(high.Value, early.Side)]);
    }

    private string Chain(nn.Module chain, string prefix, string input, int inputSide) => Layer(chain, prefix, new Map(input, inputSide)).Value;

    private Map Layer(nn.Module layer, string prefix, Map input) => layer switch
    {
        Sequential chain => chain.named_children().Aggregate(input, (map, child) => Layer(child.module, $"{prefix}.{child.name}", map)),
        NormalizedConvolution normalized => Activate(normalized.Activation, Normalized(Children(normalized), prefix, "0", "1", input)),
        Convolution convolution => Convolve(convolution, prefix, input),
        BatchNorm2d norm => Normalize(norm, prefix, input),
        ActivationLayer activation => Activate(activation.Kind, input),
        SqueezeExcitation squeeze => Squeeze(Children(squeeze), prefix, input),
        InvertedResidual residual => Residual(residual, prefix, input),
        Bottleneck bottleneck => Bottle(Children(bottleneck), prefix, input),
        AtrousPyramid pyramid => Pyramid(Children(pyramid), prefix, input),
        AdaptiveAvgPool2d => new Map(graph.Add("GlobalAveragePool", [input.Value]), 1),
        Sigmoid => input with { Value = graph.Add("Sigmoid", [input.Value]) },

        // Drops nothing once trained.
        Dropout => input,
        _ => throw new NotSupportedException($"Layer {layer.GetName()} at '{prefix}' cannot be written as ONNX yet."),
    };

    private Map Convolve(Convolution convolution, string prefix, Map input)
    {
        var shape = convolution.Shape;

        // Where the dilation reaches beyond the map, all taps but the centre see nothing but padding.
        var seesCentreOnly = shape.Kernel == 3 && shape.Dilation >= input.Side;
        if (seesCentreOnly)
            shape = shape with { Kernel = 1, Dilation = 1 };
        var inputs = new List<string> { input.Value };
        foreach (var (name, parameter) in convolution.named_parameters())
        {
            var isWeight = parameter.dim() == 4;
            inputs.Add(graph.Constant($"{prefix}.{name}", seesCentreOnly && isWeight ? parameter.narrow(2, 1, 1).narrow(3, 1, 1) : parameter));
        }

        long padding = shape.Padding;
        var value = graph.Add(
            "Conv",
            inputs,
            ("kernel_shape", new long[] { shape.Kernel, shape.Kernel }),
            ("strides", new long[] { shape.Stride, shape.Stride }),
            ("pads", new[] { padding, padding, padding, padding }),
            ("dilations", new long[] { shape.Dilation, shape.Dilation }),
            ("group", (long)shape.Groups));
        return new Map(value, shape.Stride == 2 ? Half(input.Side) : input.Side);
    }

    private Map Normalize(BatchNorm2d norm, string prefix, Map input)
    {
        var state = norm.state_dict();
        var constants = NormConstants.Select(name => graph.Constant($"{prefix}.{name}", state[name]));
        return input with { Value = graph.Add("BatchNormalization", [input.Value, .. constants], ("epsilon", (float)norm.eps)) };
    }

    private Map Normalized(Dictionary<string, nn.Module> children, string prefix, string convolution, string norm, Map input) =>
        Layer(children[norm], $"{prefix}.{norm}", Layer(children[convolution], $"{prefix}.{convolution}", input));

    private Map Squeeze(Dictionary<string, nn.Module> children, string prefix, Map input)
    {
        var mean = new Map(graph.Add("GlobalAveragePool", [input.Value]), 1);
        var active = Relu(Layer(children["fc1"], $"{prefix}.fc1", mean));
        var excited = Layer(children["fc2"], $"{prefix}.fc2", active);
        var scale = graph.Add("HardSigmoid", [excited.Value], ("alpha", 1 / 6f), ("beta", 0.5f));
        return input with { Value = graph.Add("Mul", [input.Value, scale]) };
    }

    private Map Residual(InvertedResidual residual, string prefix, Map input)
    {
        var output = Layer(Children(residual)["block"], $"{prefix}.block", input);
        return residual.AddsInput ? output with { Value = graph.Add("Add", [output.Value, input.Value]) } : output;
    }

    private Map Bottle(Dictionary<string, nn.Module> children, string prefix, Map input)
    {
        var reduced = Relu(Normalized(children, prefix, "conv1", "bn1", input));
        var spatial = Relu(Normalized(children, prefix, "conv2", "bn2", reduced));
        var expanded = Normalized(children, prefix, "conv3", "bn3", spatial);
        var shortcut = children.TryGetValue("downsample", out var downsample) ? Layer(downsample, $"{prefix}.downsample", input) : input;
        return Relu(expanded with { Value = graph.Add("Add", [expanded.Value, shortcut.Value]) });
    }

    private Map Pyramid(Dictionary<string, nn.Module> children, string prefix, Map input)
    {
        var branches = children["convs"].named_children().Select(branch => Layer(branch.module, $"{prefix}.convs.{branch.name}", input)).ToList();

        // Bilinear enlargement of a single pixel is that pixel everywhere.
        var pooled = graph.Add("Expand", [branches[^1].Value, graph.Constant([1, 1, input.Side, input.Side])]);
        var joined = graph.Add("Concat", [.. branches.SkipLast(1).Select(branch => branch.Value), pooled], ("axis", 1L));
        return Layer(children["project"], $"{prefix}.project", new Map(joined, input.Side));
    }

    private Map Activate(Activation? activation, Map input) => activation switch
    {
        Activation.Relu => Relu(input),
        Activation.HardSwish => input with { Value = graph.Add("HardSwish", [input.Value]) },
        _ => input,
    };

    private Map Relu(Map input) => input with { Value = graph.Add("Relu", [input.Value]) };

    // Of height and width alone, so that the number of images stays open.
    private string Resize(string value, int target) => graph.Add(
        "Resize",
        [value, "", "", graph.Constant([target, target])],
        ("axes", new long[] { 2, 3 }),
        ("mode", "linear"),
        ("coordinate_transformation_mode", "half_pixel"));

    private static int Half(int length) => (length + 1) / 2;

    private static Dictionary<string, nn.Module> Children(nn.Module module) =>
        module.named_children().ToDictionary(child => child.name, child => child.module, StringComparer.Ordinal);

    /// <summary>A named value that is a map, and its side in pixels.</summary>
    private sealed record Map(string Value, int Side);
}
