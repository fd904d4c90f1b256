using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;
using Maskwright.Training.V1;
using TrainingOptions = Maskwright.Segmentation.TrainingOptions;
using WireOptions = Maskwright.Training.V1.TrainingOptions;

namespace Maskwright.Trainer;

/// <summary>Recipes: presets by name, and options as callers give them on top of one.</summary>
internal static class Recipes
{
    private const string DefaultPreset = "report";

    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["report"] = "30 epochs at 256x256 and batch 4 with Adam 1e-4, flips and rotation.",
        ["quickstart"] = "12 epochs at 128x128 and batch 8 with Adam 2e-3 falling to nothing: learns generated scenes in a few minutes on two cores.",
    };

    /// <summary>All presets, with every option set.</summary>
    public static IEnumerable<Preset> Presets => TrainingPresets.ByName
        .OrderBy(preset => preset.Key, StringComparer.Ordinal)
        .Select(preset => new Preset
        {
            Name = preset.Key,
            Description = Descriptions.GetValueOrDefault(preset.Key, string.Empty),
            Options = ToWire(preset.Key, preset.Value),
        });

    /// <summary>The whole recipe: the preset's values where nothing else is asked for.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is no such preset, or an option cannot be used.</exception>
    public static TrainingOptions Resolve(WireOptions? asked)
    {
        asked ??= new WireOptions();
        string name = asked.Preset.Length > 0 ? asked.Preset : DefaultPreset;
        if (!TrainingPresets.ByName.TryGetValue(name, out var preset))
            throw RpcErrors.InvalidArgument("training_run.options.preset", $"there is no preset '{name}'; there are {string.Join(", ", TrainingPresets.ByName.Keys)}.");

        var options = preset with
        {
            Network = asked.HasNetwork ? asked.Network : preset.Network,
            Epochs = asked.HasEpochs ? asked.Epochs : preset.Epochs,
            BatchSize = asked.HasBatchSize ? asked.BatchSize : preset.BatchSize,
            ImageSize = asked.HasImageSize ? asked.ImageSize : preset.ImageSize,
            LearningRate = asked.HasLearningRate ? asked.LearningRate : preset.LearningRate,
            Schedule = asked.HasSchedule ? asked.Schedule : preset.Schedule,
            Seed = asked.HasSeed ? asked.Seed : preset.Seed,
            HorizontalFlip = asked.HasHorizontalFlip ? asked.HorizontalFlip : preset.HorizontalFlip,
            VerticalFlip = asked.HasVerticalFlip ? asked.VerticalFlip : preset.VerticalFlip,
            RotationDegrees = asked.HasRotationDegrees ? asked.RotationDegrees : preset.RotationDegrees,
            Device = asked.HasDevice ? asked.Device : preset.Device,
        };
        if (options.Validate() is { Count: > 0 } errors)
            throw RpcErrors.InvalidArgument([.. errors.Select(error => new FieldError($"training_run.options.{SnakeCase(error.Field)}", error.Message))]);
        return options;
    }

    /// <summary>Options with every field set.</summary>
    public static WireOptions ToWire(string preset, TrainingOptions options) => new()
    {
        Preset = preset,
        Network = options.Network,
        Epochs = options.Epochs,
        BatchSize = options.BatchSize,
        ImageSize = options.ImageSize,
        LearningRate = options.LearningRate,
        Schedule = options.Schedule,
        Seed = options.Seed,
        HorizontalFlip = options.HorizontalFlip,
        VerticalFlip = options.VerticalFlip,
        RotationDegrees = options.RotationDegrees,
        Device = options.Device,
    };

    private static string SnakeCase(string pascal) => RpcErrors.UpperSnake(pascal).ToLowerInvariant();
}
