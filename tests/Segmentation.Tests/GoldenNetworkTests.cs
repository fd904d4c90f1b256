using System.Text.Json;
using Maskwright.Segmentation.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Tests;

public sealed class GoldenNetworkTests
{
    // The goldens have nine digits.
    private const double Tolerance = 1e-7;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    public static TheoryData<string> Networks => new(NetworkOptions.Names);

    public static TheoryData<string, int> Cases => new()
    {
        { NetworkOptions.DeepLabV3MobileNetV3Large, 0 },
        { NetworkOptions.DeepLabV3MobileNetV3Large, 1 },
        { NetworkOptions.DeepLabV3MobileNetV3Large, 2 },
        { NetworkOptions.DeepLabV3ResNet50, 0 },
        { NetworkOptions.DeepLabV3ResNet50, 1 },
        { NetworkOptions.DeepLabV3ResNet101, 0 },
        { NetworkOptions.LrAsppMobileNetV3Large, 0 },
        { NetworkOptions.LrAsppMobileNetV3Large, 1 },
    };

    [Theory]
    [InlineData(NetworkOptions.DeepLabV3MobileNetV3Large, 6, false, 11_021_622)]
    [InlineData(NetworkOptions.DeepLabV3MobileNetV3Large, 6, true, 11_025_308)]
    [InlineData(NetworkOptions.DeepLabV3MobileNetV3Large, 21, true, 11_029_328)]
    [InlineData(NetworkOptions.DeepLabV3ResNet50, 6, false, 39_635_014)]
    [InlineData(NetworkOptions.DeepLabV3ResNet50, 6, true, 41_996_364)]
    [InlineData(NetworkOptions.DeepLabV3ResNet50, 21, true, 42_004_074)]
    [InlineData(NetworkOptions.LrAsppMobileNetV3Large, 21, false, 3_221_538)]
    public void The_number_of_parameters_is_torchvisions(string name, int classes, bool auxiliary, long expected)
    {
        using var network = SegmentationNetwork.Create(new NetworkOptions { Name = name, Classes = classes, AuxiliaryHead = auxiliary }, seed: 1);

        network.parameters().Sum(p => p.numel()).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_state_dict_has_torchvisions_keys_and_shapes(string name)
    {
        using var network = Create(name);

        var lines = network.state_dict()
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} {(pair.Value.dim() == 0 ? "scalar" : string.Join('x', pair.Value.shape))}");

        lines.ShouldBe(File.ReadLines(Path.Combine(Folder, $"{name}.keys.txt")));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_gradients_and_batch_statistics_are_torchvisions(string name, int index)
    {
        using var scope = NewDisposeScope();
        using var goldens = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, $"{name}.json")));
        var golden = goldens.RootElement.GetProperty("cases")[index];
        var (height, width) = (golden.GetProperty("height").GetInt32(), golden.GetProperty("width").GetInt32());
        using var network = Create(name);
        Formula.Fill(network);
        network.eval();
        var image = Formula.Image(height, width);
        var target = Formula.Target(height, width);
        using (no_grad())
        {
            ShouldAgree(network.forward(image).Output, golden.GetProperty("out"), "out of 32 bits", tolerance: 1e-4);
        }

        // With 64 bits rounding is out of the way, and what differs would be the mathematics.
        network.to(ScalarType.Float64);
        image = image.to(ScalarType.Float64);
        var output = network.forward(image);
        ShouldAgree(output.Output, golden.GetProperty("out"), "out");
        if (output.Auxiliary is { } auxiliary)
        {
            ShouldAgree(auxiliary, golden.GetProperty("aux"), "aux");
        }

        var loss = new SegmentationLoss(new TrainingOptions(), classWeights: null, CPU).Compute(output, target).Total;
        loss.item<double>().ShouldBe(golden.GetProperty("loss").GetDouble(), Tolerance);
        loss.backward();
        var parameters = network.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var gradient in golden.GetProperty("gradients").EnumerateObject())
        {
            ShouldAgree(parameters[gradient.Name].grad!, gradient.Value, gradient.Name);
        }

        network.train();
        foreach (var dropout in network.modules().OfType<TorchSharp.Modules.Dropout>())
        {
            dropout.eval();
        }

        using (no_grad())
        {
            ShouldAgree(network.forward(image).Output, golden.GetProperty("trained_out"), "trained_out");
        }

        var state = network.state_dict();
        foreach (var statistic in golden.GetProperty("statistics").EnumerateObject())
        {
            ShouldAgree(state[statistic.Name], statistic.Value, statistic.Name);
        }
    }

    [Fact]
    public void An_auxiliary_head_where_there_is_none_is_refused() =>
        Should.Throw<ArgumentException>(() => SegmentationNetwork.Create(
            new NetworkOptions { Name = NetworkOptions.LrAsppMobileNetV3Large, Classes = 6, AuxiliaryHead = true }, seed: 1)).Message.ShouldContain("no auxiliary head");

    private static SegmentationNetwork Create(string name) =>
        SegmentationNetwork.Create(new NetworkOptions { Name = name, Classes = 6, AuxiliaryHead = NetworkOptions.HasAuxiliaryHead(name) }, seed: 1);

    private static void ShouldAgree(Tensor actual, JsonElement golden, string name, double tolerance = Tolerance)
    {
        actual.shape.ShouldBe(golden.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64()), name);
        var flat = actual.detach().to(ScalarType.Float64).reshape(-1);
        var norm = golden.GetProperty("norm").GetDouble();
        flat.norm().item<double>().ShouldBe(norm, tolerance * norm, name);

        // Relative to the tensor's typical element: a value near zero has no relative accuracy of its own.
        var typical = norm / Math.Sqrt(flat.numel());
        var step = golden.GetProperty("step").GetInt64();
        var expected = golden.GetProperty("values").EnumerateArray().Select(e => e.GetDouble()).ToArray();
        for (var i = 0; i < expected.Length; i++)
        {
            flat[i * step].item<double>().ShouldBe(expected[i], tolerance * Math.Max(typical, Math.Abs(expected[i])), $"{name}[{i * step}]");
        }
    }
}
