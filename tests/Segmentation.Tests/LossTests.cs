using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Tests;

public sealed class LossTests
{
    private static readonly TrainingOptions Options = new() { LabelSmoothing = 0.1, TverskyAlpha = 0.3, TverskyBeta = 0.7 };

    public static TheoryData<string> Names => new(LossTerm.Names);

    // Two classes, three pixels and one to be ignored; the probabilities of the true class are 0.8, 0.6 and 0.3.
    private static Tensor Scores => log(tensor(new[] { 0.8, 0.4, 0.3, 0.9, 0.2, 0.6, 0.7, 0.1 })).reshape(1, 2, 1, 4);

    private static Tensor Target => tensor(new[] { 0L, 1, 0, 255 }).reshape(1, 1, 4);

    [Fact]
    public void Losses_are_what_they_are_by_hand()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        double Of(string name) => LossTerm.Create(name, new TrainingOptions(), weights: null).Compute(Scores, Target).item<double>();

        Of("cross_entropy").ShouldBe(-(Math.Log(0.8) + Math.Log(0.6) + Math.Log(0.3)) / 3, 1e-9);
        Of("focal").ShouldBe(-((0.2 * 0.2 * Math.Log(0.8)) + (0.4 * 0.4 * Math.Log(0.6)) + (0.7 * 0.7 * Math.Log(0.3))) / 3, 1e-9);
        Of("dice").ShouldBe((Tversky(1.1, 0.4, 0.9, 0.5, 0.5) + Tversky(0.6, 0.9, 0.4, 0.5, 0.5)) / 2, 1e-9);
        Of("lovasz").ShouldBe(LovaszByHand(), 1e-9);
    }

    [Fact]
    public void Tversky_and_focal_Tversky_are_what_they_are_by_hand()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var (first, second) = (Tversky(1.1, 0.4, 0.9, 0.3, 0.7), Tversky(0.6, 0.9, 0.4, 0.3, 0.7));

        LossTerm.Create("tversky", Options, weights: null).Compute(Scores, Target).item<double>().ShouldBe((first + second) / 2, 1e-9);
        LossTerm.Create("focal_tversky", Options, weights: null).Compute(Scores, Target).item<double>()
            .ShouldBe((Math.Pow(first, 0.75) + Math.Pow(second, 0.75)) / 2, 1e-9);
        LossTerm.Create("tversky", Options, tensor(new[] { 3.0, 1 })).Compute(Scores, Target).item<double>().ShouldBe(((3 * first) + second) / 4, 1e-9);
    }

    [Fact]
    public void Cross_entropy_with_weights_and_smoothing_is_PyTorchs_mean()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var (scores, target) = Random();
        var weights = tensor(new[] { 0.5, 2, 1, 3 });

        var ours = new CrossEntropyLoss(weights, 0.1).Compute(scores, target).item<double>();

        ours.ShouldBe(nn.functional.cross_entropy(scores, target, weights, ignore_index: 255, label_smoothing: 0.1).item<double>(), 1e-9);
    }

    [Fact]
    public void Focal_with_gamma_zero_is_cross_entropy_and_equal_weights_change_nothing()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var (scores, target) = Random();
        var weights = tensor(new[] { 0.5, 2, 1, 3 });

        new FocalLoss(weights, 0).Compute(scores, target).item<double>().ShouldBe(new CrossEntropyLoss(weights, 0).Compute(scores, target).item<double>(), 1e-9);
        foreach (var name in LossTerm.Names)
        {
            LossTerm.Create(name, Options with { LabelSmoothing = 0 }, full(4, 2.0, dtype: ScalarType.Float64)).Compute(scores, target).item<double>()
                .ShouldBe(LossTerm.Create(name, Options with { LabelSmoothing = 0 }, weights: null).Compute(scores, target).item<double>(), 1e-9, name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_finite_differences(string name)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var (scores, target) = Random();
        var term = LossTerm.Create(name, Options, tensor(new[] { 0.5, 2, 1, 3 }));
        var leaf = scores.clone().requires_grad_();
        term.Compute(leaf, target).backward();
        var gradient = leaf.grad!.reshape(-1);

        const double Step = 1e-5;
        for (var i = 0; i < scores.numel(); i += 7)
        {
            double At(double shift)
            {
                var moved = scores.clone();
                moved.reshape(-1)[i] += shift;
                return term.Compute(moved, target).item<double>();
            }

            gradient[i].item<double>().ShouldBe((At(Step) - At(-Step)) / (2 * Step), 1e-7, $"{name}[{i}]");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Ignored_pixels_change_neither_loss_nor_gradient_and_alone_they_come_to_nothing(string name)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var (scores, target) = Random();
        var term = LossTerm.Create(name, Options, tensor(new[] { 0.5, 2, 1, 3 }));
        var ignored = target.eq(255).unsqueeze(1);
        var other = where(ignored, full_like(scores, 5.0), scores);
        var leaf = scores.clone().requires_grad_();

        term.Compute(leaf, target).backward();

        term.Compute(other, target).item<double>().ShouldBe(term.Compute(scores, target).item<double>(), 1e-12);
        leaf.grad!.masked_select(ignored.expand_as(leaf)).abs().max().item<double>().ShouldBe(0);
        var nothing = scores.clone().requires_grad_();
        var loss = term.Compute(nothing, full_like(target, 255L));
        loss.backward();
        loss.item<double>().ShouldBe(0);
        nothing.grad!.abs().max().item<double>().ShouldBe(0);
    }

    [Fact]
    public void Terms_and_heads_are_added_up_by_their_weights()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var (scores, target) = Random();
        var (wide, other) = (scores.to(ScalarType.Float32), (scores * 0.5).to(ScalarType.Float32));
        var options = new TrainingOptions { Loss = [new LossShare("cross_entropy", 2), new LossShare("dice", 0.5)], AuxiliaryWeight = 0.3 };
        double Of(string name, Tensor of) => LossTerm.Create(name, options, weights: null).Compute(of, target).item<float>();

        var loss = new SegmentationLoss(options, classWeights: null, CPU).Compute(new SegmentationOutput(wide, other), target);

        loss.Total.item<float>().ShouldBe((float)((2 * Of("cross_entropy", wide)) + (0.5 * Of("dice", wide)) + (0.3 * ((2 * Of("cross_entropy", other)) + (0.5 * Of("dice", other))))), 1e-5f);
        loss.Parts.Select(part => part.Name).ShouldBe(["cross_entropy", "dice", "auxiliary"]);
        loss.Parts[1].Value.item<float>().ShouldBe((float)Of("dice", wide), 1e-6f);
        loss.Parts[2].Value.item<float>().ShouldBe((float)((2 * Of("cross_entropy", other)) + (0.5 * Of("dice", other))), 1e-5f);
    }

    // One minus the index, with one pixel of smoothing.
    private static double Tversky(double hits, double falsePositive, double falseNegative, double alpha, double beta) =>
        1 - ((hits + 1) / (hits + (alpha * falsePositive) + (beta * falseNegative) + 1));

    // Errors of class 0 (two pixels): 0.7 (its own), 0.4 (another's), 0.2 (its own). Jaccard losses after each: 1 - 1/2, 1 - 1/3, 1 - 0/3.
    // Errors of class 1 (one pixel): 0.7 (another's), 0.4 (its own), 0.2 (another's). Jaccard losses: 1 - 1/2, 1 - 0/2, 1 - 0/3.
    private static double LovaszByHand()
    {
        var first = (0.7 * 0.5) + (0.4 * ((2 / 3.0) - 0.5)) + (0.2 * (1 - (2 / 3.0)));
        var second = (0.7 * 0.5) + (0.4 * 0.5) + (0.2 * 0);
        return (first + second) / 2;
    }

    private static (Tensor Scores, Tensor Target) Random()
    {
        using var generator = new Generator(9);
        var scores = randn([2, 4, 3, 5], dtype: ScalarType.Float64, generator: generator);

        // Class 3 does not occur.
        var target = randint(0, 3, [2, 3, 5], dtype: ScalarType.Int64, generator: generator);
        target[0, 0, 1] = 255;
        target[1, 2, 4] = 255;
        return (scores, target);
    }
}
