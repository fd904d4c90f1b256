using System.Text.Json;

namespace Maskwright.Segmentation.Tests;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void Every_wrong_option_is_named_at_once()
    {
        var options = new TrainingOptions
        {
            Network = "unet",
            InitialWeights = new InitialWeights(),
            Epochs = 0,
            FreezeBackboneEpochs = 1,
            BatchSize = 1,
            ImageSize = 31,
            Device = "gpu",
            Precision = "float8",
            Criterion = "val/best",
            EarlyStoppingEpochs = -1,
            EmaDecay = 1,
            Loss = [new LossShare("hinge", 0), new LossShare("dice"), new LossShare("dice")],
            AuxiliaryWeight = -1,
            ClassWeighting = "guess",
            ClassWeights = [0, 0],
            LabelSmoothing = 1,
            FocalGamma = double.NaN,
            TverskyAlpha = -1,
            TverskyBeta = 11,
            FocalTverskyGamma = 0.5,
            Sampling = "all",
            RepeatThreshold = 0,
            TargetShare = 0.6,
            HorizontalFlip = 1.1,
            VerticalFlip = -0.1,
            Rotation = 2,
            RotationDegrees = 181,
            RandomResizedCrop = 2,
            CropMinArea = 0,
            CropMaxAspect = 5,
            ScaleJitter = 2,
            ScaleMin = 0,
            ScaleMax = 0.5,
            RareCrop = 2,
            ColorJitter = 2,
            Brightness = 2,
            Contrast = 2,
            Saturation = 2,
            Hue = 1,
            Grayscale = 2,
            Blur = 2,
            BlurSigma = 0,
            Optimizer = "lion",
            LearningRate = double.NaN,
            WeightDecay = -1,
            Momentum = 1,
            Nesterov = true,
            Beta1 = 1,
            Beta2 = 1,
            RmsAlpha = 1,
            Epsilon = 0,
            ClipNorm = -1,
            AccumulateBatches = 0,
            Schedule = "linear",
            PolyPower = 0,
            StepEpochs = 0,
            StepFactor = 0,
            CycleRise = 0,
            WarmupSteps = -1,
            CheckpointMinutes = -1,
            MaxRestarts = -1,
        };

        var wrong = options.Validate().Select(error => error.Field).ToHashSet();

        // Whatever options there are, each can be wrong, but for those of which any value will do.
        typeof(TrainingOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name)
            .Except(["Seed", "AuxiliaryHead"]).Except(wrong).ShouldBeEmpty();
        options.Validate().Single(error => error.Field == "Epochs").Message.ShouldBe("Epochs is 0; expected 1 to 10000.");
    }

    [Fact]
    public void An_auxiliary_head_is_refused_where_the_network_has_none() =>
        new TrainingOptions { Network = "lraspp_mobilenet_v3_large", AuxiliaryHead = true }.Validate().ShouldHaveSingleItem().Field.ShouldBe("AuxiliaryHead");

    [Theory]
    [InlineData(null, null, null, null, "no source")]
    [InlineData("/a.pth", "a.pth", null, null, "several")]
    [InlineData("a.pth", null, null, null, "full path")]
    [InlineData(null, null, "ftp://host/a.pth", "00", "http://")]
    [InlineData(null, null, "https://user:word@host/a.pth", "00", "without a user")]
    [InlineData(null, null, "https://host/a.pth", null, "sha256 is missing")]
    [InlineData("/a.pth", null, null, "12", "64 hexadecimal digits")]
    public void Initial_weights_that_cannot_be_read_are_refused(string? file, string? key, string? url, string? sha256, string expected) =>
        new TrainingOptions { InitialWeights = new InitialWeights { File = file, ObjectKey = key, Url = url, Sha256 = sha256 } }
            .Validate().ShouldHaveSingleItem().Message.ShouldContain(expected);

    [Fact]
    public void Presets_can_be_trained_with_and_the_first_is_the_reports()
    {
        TrainingPresets.ByName.Keys.ShouldBe(
            ["best", "quickstart", "report", "report-focal-tversky", "report-oversampled", "report-resnet50", "report-weighted", "torchvision"]);
        TrainingPresets.ByName.Values.ShouldAllBe(preset => preset.Options.Validate().Count == 0 && preset.Description.Length > 20);
        Json(TrainingPresets.ByName["report"].Options).ShouldBe(Json(new TrainingOptions()));
        var torchvision = TrainingPresets.ByName["torchvision"].Options;
        (torchvision.Optimizer, torchvision.Schedule, torchvision.AuxiliaryHead, torchvision.Epochs).ShouldBe(("sgd", "poly", true, 30));
    }

    private static string Json(TrainingOptions options) => JsonSerializer.Serialize(options, RunJson.Default.TrainingOptions);
}
