using Google.Rpc;
using Grpc.Core;
using Maskwright.Segmentation;
using Maskwright.Training.V1;
using TrainingOptions = Maskwright.Segmentation.TrainingOptions;
using WireOptions = Maskwright.Training.V1.TrainingOptions;

namespace Maskwright.Trainer.Tests;

public sealed class RecipesTests
{
    [Fact]
    public void The_contract_has_every_option_of_the_library_and_no_other()
    {
        var contract = WireOptions.Descriptor.Fields.InDeclarationOrder().Select(field => field.Name.Replace("_", "", StringComparison.Ordinal));
        var library = typeof(TrainingOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name.ToLowerInvariant());

        contract.Except(["preset"]).Order().ShouldBe(library.Order());
    }

    [Fact]
    public void Options_go_to_the_contract_with_every_field_set_and_come_back_the_same()
    {
        var options = new TrainingOptions
        {
            Seed = ulong.MaxValue,
            Loss = [new LossShare("dice", 0.1), new LossShare("focal")],
            ClassWeights = [1, 0.1],
            InitialWeights = new Segmentation.InitialWeights { ObjectKey = "runs/a/best.safetensors", Sha256 = "ab" },
            AuxiliaryHead = true,
            EmaDecay = 0.999,
        };

        var wire = Recipes.ToWire("report", options);

        WireOptions.Descriptor.Fields.InDeclarationOrder().Where(field => field.HasPresence && !field.Accessor.HasValue(wire)).ShouldBeEmpty();
        Recipes.ToWire("report", Recipes.FromWire(wire)).ShouldBe(wire);
        Recipes.FromWire(wire).Seed.ShouldBe(ulong.MaxValue);
        Recipes.FromWire(wire).InitialWeights!.Source().ShouldBe("runs/a/best.safetensors");
    }

    [Fact]
    public void What_is_asked_for_stands_before_the_preset_and_lists_are_replaced()
    {
        var options = Recipes.Resolve(new WireOptions
        {
            Preset = "torchvision",
            LearningRate = 0.02,
            VerticalFlip = 0,
            Loss = { new LossTerm { Name = "lovasz" } },
            InitialWeights = new Training.V1.InitialWeights { File = "/models/a.pth" },
        });

        options.LearningRate.ShouldBe(0.02);
        options.Optimizer.ShouldBe("sgd");
        options.Loss.ShouldBe([new LossShare("lovasz")]);
        options.InitialWeights!.Source().ShouldBe("/models/a.pth");
        Recipes.Resolve(null).LearningRate.ShouldBe(1e-4);
    }

    [Fact]
    public void Wrong_options_are_named_by_their_paths()
    {
        var failure = Should.Throw<RpcException>(() => Recipes.Resolve(new WireOptions
        {
            Epochs = 0,
            Beta1 = 2,
            ClassWeighting = "guess",
            InitialWeights = new Training.V1.InitialWeights { Url = "https://host/a.pth" },
        }));

        failure.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        failure.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field).ShouldBe(
            ["training_run.options.initial_weights", "training_run.options.epochs", "training_run.options.class_weighting", "training_run.options.beta1"]);
        Should.Throw<RpcException>(() => Recipes.Resolve(new WireOptions { Preset = "bogus" })).Status.Detail.ShouldContain("report-weighted");
    }

    [Fact]
    public void Every_preset_resolves_to_itself()
    {
        foreach (var preset in Recipes.Presets)
        {
            Recipes.ToWire(preset.Name, Recipes.Resolve(new WireOptions { Preset = preset.Name })).ShouldBe(preset.Options);
        }
    }
}
