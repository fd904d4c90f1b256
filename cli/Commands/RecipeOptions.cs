using System.CommandLine;
using Maskwright.Training.V1;

namespace Maskwright.Cli;

/// <summary>Options that describe a training.</summary>
internal sealed class RecipeOptions
{
    private readonly Option<string?> _preset;
    private readonly Option<int?> _epochs = CommonOptions.Number<int>("--epochs", "N", "Passes over the train split.");
    private readonly Option<int?> _batch = CommonOptions.Number<int>("--batch", "N", "Images a step.");
    private readonly Option<int?> _size = CommonOptions.Number<int>("--size", "N", "Side of the square that images are resized to, in pixels.");
    private readonly Option<double?> _learningRate = CommonOptions.Number<double>("--learning-rate", "X", "The optimiser's step size, for instance 1e-4.");
    private readonly Option<string?> _schedule = CommonOptions.Of<string?>("--schedule", "NAME", "How the step size changes over the run: constant, poly, cosine, step or one_cycle.");
    private readonly Option<string?> _network = CommonOptions.Of<string?>(
        "--network", "NAME", "deeplabv3_mobilenet_v3_large, deeplabv3_resnet50, deeplabv3_resnet101 or lraspp_mobilenet_v3_large.");
    private readonly Option<string?> _weights = CommonOptions.Of<string?>(
        "--initial-weights", "FILE|URL|KEY", "Weights to begin with: a safetensors or PyTorch file on the trainer's machine, a URL, or the key of an object in the bucket.");
    private readonly Option<string?> _sha256 = CommonOptions.Of<string?>(
        "--initial-weights-sha256", "HEX", "SHA-256 that the initial weights must have; needed for a URL.");
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Any option of a recipe, for instance loss=focal_tversky or optimizer=sgd. Can be repeated. 'maskwright train presets NAME' shows all of them.",
        HelpName = "NAME=VALUE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _device = CommonOptions.Of<string?>("--device", "NAME", "auto, cpu or cuda:N.");

    /// <param name="command">Gets the options.</param>
    /// <param name="presetDefault">What happens when no preset is named, for the help text.</param>
    public RecipeOptions(Command command, string presetDefault)
    {
        _preset = CommonOptions.Of<string?>("--preset", "NAME", $"Recipe whose values hold where nothing else is given. {presetDefault}");
        foreach (var option in new Option[] { _preset, _epochs, _batch, _size, _learningRate, _schedule, _network, _weights, _sha256, _set, _device })
            command.Add(option);
    }

    /// <summary>The recipe as typed; what was not typed is absent.</summary>
    public TrainingOptions Read(CommandCall call, string defaultPreset, ulong? seed)
    {
        var options = call.Options;
        var recipe = new TrainingOptions { Preset = options.GetValue(_preset) ?? defaultPreset };
        if (options.GetValue(_epochs) is { } epochs)
            recipe.Epochs = epochs;
        if (options.GetValue(_batch) is { } batch)
            recipe.BatchSize = batch;
        if (options.GetValue(_size) is { } size)
            recipe.ImageSize = size;
        if (options.GetValue(_learningRate) is { } rate)
            recipe.LearningRate = rate;
        if (options.GetValue(_schedule) is { } schedule)
            recipe.Schedule = schedule;
        if (options.GetValue(_network) is { } network)
            recipe.Network = network;
        if (InitialWeights(call) is { } weights)
            recipe.InitialWeights = weights;
        foreach (var setting in options.GetValue(_set) ?? [])
        {
            try
            {
                RecipeSettings.Apply(recipe, setting);
            }
            catch (FormatException exception)
            {
                throw new UsageException($"--set {exception.Message}");
            }
        }

        if (options.GetValue(_device) is { } device)
            recipe.Device = device;
        if (seed is { } value)
            recipe.Seed = value;
        return recipe;
    }

    private InitialWeights? InitialWeights(CommandCall call)
    {
        var digest = call.Options.GetValue(_sha256) ?? "";
        return call.Options.GetValue(_weights) switch
        {
            null when digest.Length > 0 => throw new UsageException("--initial-weights-sha256 goes with --initial-weights."),
            null => null,
            var url when url.Contains("://", StringComparison.Ordinal) => new InitialWeights { Url = url, Sha256 = digest },
            var path when File.Exists(call.Terminal.AbsolutePath(path)) || Path.IsPathRooted(path) =>
                new InitialWeights { File = call.Terminal.AbsolutePath(path), Sha256 = digest },
            var key => new InitialWeights { ObjectKey = key, Sha256 = digest },
        };
    }
}
