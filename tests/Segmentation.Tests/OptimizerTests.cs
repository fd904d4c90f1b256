using FsCheck;
using FsCheck.Fluent;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Tests;

public sealed class OptimizerTests
{
    public static TheoryData<string> Cases => new("adam", "adam-decay", "adamw", "sgd", "sgd-nesterov", "rmsprop");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_in_memory_are_PyTorchs(string name)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var (ours, theirs) = (Parameters(), Parameters());
        using var optimizer = new Optimizer(Recipe(name), Named(ours));
        using var reference = Reference(name, theirs);

        for (var step = 1; step <= 5; step++)
        {
            Gradients(ours, step);
            Gradients(theirs, step);
            optimizer.Step(0.01);
            reference.step();
        }

        ShouldBeEqual(ours, theirs);
        Math.Abs(ours[^1].item<float>() - 1).ShouldBeGreaterThan(0.01f);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_by_tensor_operations_are_those_in_memory(string name)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var (ours, wide) = (Parameters(), Parameters(ScalarType.Float64));
        using var optimizer = new Optimizer(Recipe(name) with { ClipNorm = 3 }, Named(ours));
        using var other = new Optimizer(Recipe(name) with { ClipNorm = 3 }, Named(wide));

        for (var step = 1; step <= 5; step++)
        {
            Gradients(ours, step);
            Gradients(wide, step);
            optimizer.Step(0.01, gradientScale: 0.5).item<double>().ShouldBe(other.Step(0.01, gradientScale: 0.5, waits: false).item<double>(), 1e-4);
        }

        // Quotients of two small numbers differ more between 32 and 64 bits.
        ShouldBeEqual(ours, wide, tolerance: 2e-4);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_after_any_interruption_are_those_without_one(string name) => Prop.ForAll(
        Gen.Choose(0, 4).Two().ToArbitrary(),
        steps =>
        {
            TorchRuntime.Initialize();
            using var scope = NewDisposeScope();
            var (before, after) = steps;
            var (whole, halves) = (Parameters(), Parameters());
            using var undisturbed = new Optimizer(Recipe(name), Named(whole));
            Train(undisturbed, whole, 1, before + after);
            using var interrupted = new Optimizer(Recipe(name), Named(halves));
            Train(interrupted, halves, 1, before);

            // One more gradient was on its way.
            Gradients(halves, before + 1);
            using var file = new MemoryStream();
            SafeTensorsFile.Write(file, new Dictionary<string, string>(), interrupted.State());
            using var resumed = new Optimizer(Recipe(name), Named(halves));
            resumed.ZeroGradients();
            resumed.Restore(interrupted.Steps, new StoredState(SafeTensorsFile.Read(file.ToArray(), "state"), "state"));
            halves.ShouldAllBe(parameter => parameter.grad!.is_contiguous() || parameter.dim() == 4);
            Train(resumed, halves, before + 1, before + after, gradientsAreThere: true);

            return resumed.Steps == undisturbed.Steps && whole.Zip(halves).All(pair => pair.First.eq(pair.Second).all().item<bool>());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Clipping_shortens_all_gradients_together()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var parameter = new Parameter(zeros(2));
        using var optimizer = new Optimizer(new TrainingOptions { Optimizer = "sgd", Momentum = 0, ClipNorm = 1 }, [("p", parameter)]);
        parameter.grad = tensor(new[] { 3f, 4f });

        optimizer.Step(1).item<double>().ShouldBe(5, 1e-6);

        parameter.data<float>().ToArray().ShouldBe([-0.6f, -0.8f], 1e-5);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void A_gradient_that_is_no_number_changes_nothing(ScalarType type)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones(3, dtype: type));
        using var optimizer = new Optimizer(new TrainingOptions(), [("p", parameter)]);
        parameter.grad = tensor(new[] { 1f, float.NaN, 1f }).to(type);

        double.IsFinite(optimizer.Step(0.1).item<double>()).ShouldBeFalse();

        parameter.eq(1).all().item<bool>().ShouldBeTrue();
        optimizer.Steps.ShouldBe(0);
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var (moved, frozen) = (new Parameter(ones(3)), new Parameter(ones(3)));
        using var optimizer = new Optimizer(new TrainingOptions { WeightDecay = 0.1 }, [("moved", moved), ("frozen", frozen)]);
        moved.grad = ones(3);

        optimizer.Step(0.1);

        frozen.data<float>().ToArray().ShouldBe([1f, 1f, 1f]);
        moved.data<float>()[0].ShouldBeLessThan(1f);
    }

    private static void Train(Optimizer optimizer, Parameter[] parameters, int first, int last, bool gradientsAreThere = false)
    {
        for (var step = first; step <= last; step++)
        {
            if (!gradientsAreThere || step > first)
            {
                Gradients(parameters, step);
            }

            optimizer.Step(0.01);
        }
    }

    private static TrainingOptions Recipe(string name) => name switch
    {
        "adam" => new() { Optimizer = "adam" },
        "adam-decay" => new() { Optimizer = "adam", WeightDecay = 0.1 },
        "adamw" => new() { Optimizer = "adamw", WeightDecay = 0.1 },
        "sgd" => new() { Optimizer = "sgd", WeightDecay = 0.1 },
        "sgd-nesterov" => new() { Optimizer = "sgd", Nesterov = true },
        _ => new() { Optimizer = "rmsprop", WeightDecay = 0.1 },
    };

    private static optim.Optimizer Reference(string name, Parameter[] parameters) => name switch
    {
        "adam" => optim.Adam(parameters, 0.01),
        "adam-decay" => optim.Adam(parameters, 0.01, weight_decay: 0.1),
        "adamw" => optim.AdamW(parameters, 0.01, weight_decay: 0.1),
        "sgd" => optim.SGD(parameters, 0.01, momentum: 0.9, weight_decay: 0.1),
        "sgd-nesterov" => optim.SGD(parameters, 0.01, momentum: 0.9, nesterov: true),
        _ => optim.RMSProp(parameters, 0.01, alpha: 0.99, momentum: 0.9, weight_decay: 0.1),
    };

    // A convolution's weight in channels-last order and larger than a slice, a vector with a rest, and a single number.
    private static Parameter[] Parameters(ScalarType type = ScalarType.Float32)
    {
        using var generator = new Generator(5);
        var weight = randn([96, 3, 3, 96], generator: generator).permute(0, 3, 1, 2);
        return [new(weight.to(type)), new(randn([37], generator: generator).to(type)), new(ones(1, dtype: type))];
    }

    private static IEnumerable<(string Name, Parameter Parameter)> Named(Parameter[] parameters) =>
        parameters.Select((parameter, index) => ($"p{index}", parameter));

    private static void Gradients(Parameter[] parameters, int step)
    {
        using var generator = new Generator((ulong)(100 + step));
        foreach (var parameter in parameters)
        {
            var gradient = randn(parameter.shape, generator: generator).to(parameter.dtype);
            parameter.grad = gradient.dim() == 4 ? gradient.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : gradient;
        }
    }

    private static void ShouldBeEqual(Parameter[] ours, Parameter[] theirs, double tolerance = 2e-6)
    {
        foreach (var (own, other) in ours.Zip(theirs))
        {
            (own - other).abs().max().to(ScalarType.Float64).item<double>().ShouldBeLessThan(tolerance);
        }
    }
}
