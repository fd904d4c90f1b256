using System.Text.Json;
using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Tests;

public sealed class GoldenNetworkTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    public static TheoryData<int> Cases => new(Enumerable.Range(0, 3));

    [Theory]
    [InlineData(6, false, 11_021_622)]
    [InlineData(6, true, 11_025_308)]
    [InlineData(21, true, 11_029_328)]
    public void The_number_of_parameters_is_torchvisions(int classes, bool auxiliary, long expected)
    {
        using var network = SegmentationNetwork.Create(new NetworkOptions { Classes = classes, AuxiliaryHead = auxiliary }, seed: 1);

        network.parameters().Sum(p => p.numel()).ShouldBe(expected);
    }

    [Fact]
    public void The_state_dict_has_torchvisions_keys_and_shapes()
    {
        using var network = SegmentationNetwork.Create(new NetworkOptions { Classes = 6, AuxiliaryHead = true }, seed: 1);

        var lines = network.state_dict()
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} {(pair.Value.dim() == 0 ? "scalar" : string.Join('x', pair.Value.shape))}");

        lines.ShouldBe(File.ReadLines(Path.Combine(Folder, "deeplabv3_mobilenet_v3_large.keys.txt")));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_gradients_and_batch_statistics_are_torchvisions(int index)
    {
        using var scope = NewDisposeScope();
        using var goldens = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "deeplabv3_mobilenet_v3_large.json")));
        var golden = goldens.RootElement.GetProperty("cases")[index];
        var (height, width) = (golden.GetProperty("height").GetInt32(), golden.GetProperty("width").GetInt32());
        using var network = SegmentationNetwork.Create(new NetworkOptions { Classes = 6, AuxiliaryHead = true }, seed: 1);
        Formula.Fill(network);
        network.eval();
        var image = Formula.Image(height, width);
        var target = Formula.Target(height, width);

        var output = network.forward(image);
        ShouldAgree(output.Output, golden.GetProperty("out"), "out");
        ShouldAgree(output.Auxiliary!, golden.GetProperty("aux"), "aux");

        var loss = SegmentationLoss.Compute(output, target, auxiliaryWeight: 0.5);
        loss.item<float>().ShouldBe((float)golden.GetProperty("loss").GetDouble(), 1e-4 * golden.GetProperty("loss").GetDouble());
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

        // Forty normalisations by batch statistics, one of them over just two values, enlarge the rounding of 32-bit sums.
        using (no_grad())
        {
            ShouldAgree(network.forward(image).Output, golden.GetProperty("trained_out"), "trained_out", tolerance: 5e-4);
        }

        var state = network.state_dict();
        ShouldAgree(state["backbone.5.block.0.1.running_mean"], golden.GetProperty("running_mean"), "running_mean");
        ShouldAgree(state["classifier.0.convs.4.2.running_var"], golden.GetProperty("running_var"), "running_var");
    }

    private static void ShouldAgree(Tensor actual, JsonElement golden, string name, double tolerance = 1e-4)
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
