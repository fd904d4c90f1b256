using System.Text.Json;
using Google.Protobuf;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;
using Maskwright.Training.V1;
using TrainingOptions = Maskwright.Segmentation.TrainingOptions;
using WireOptions = Maskwright.Training.V1.TrainingOptions;

namespace Maskwright.Trainer;

/// <summary>Recipes: presets by name, and options as callers give them on top of one.</summary>
/// <remarks>The contract's options and the library's have the same names and meet as JSON; a test holds them together.</remarks>
internal static class Recipes
{
    // Empty lists too: to the library's JSON what is absent is null.
    private static readonly JsonFormatter Whole = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <summary>All presets, with every option set.</summary>
    public static IEnumerable<Preset> Presets => TrainingPresets.ByName.Values
        .Select(preset => new Preset { Name = preset.Name, Description = preset.Description, Options = ToWire(preset.Name, preset.Options) });

    /// <summary>The whole recipe: the preset's values where nothing else is asked for.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is no such preset, or an option cannot be used.</exception>
    public static TrainingOptions Resolve(WireOptions? asked)
    {
        asked ??= new WireOptions();
        string name = asked.Preset.Length > 0 ? asked.Preset : TrainingPresets.Default;
        if (!TrainingPresets.ByName.TryGetValue(name, out var preset))
            throw RpcErrors.InvalidArgument("training_run.options.preset", $"there is no preset '{name}'; there are {string.Join(", ", TrainingPresets.ByName.Keys)}.");

        var whole = ToWire(name, preset.Options);

        // Merging would add to lists.
        if (asked.Loss.Count > 0)
            whole.Loss.Clear();
        if (asked.ClassWeights.Count > 0)
            whole.ClassWeights.Clear();
        whole.MergeFrom(asked);
        var options = FromWire(whole);
        if (options.Validate() is { Count: > 0 } errors)
            throw RpcErrors.InvalidArgument([.. errors.Select(error => new FieldError($"training_run.options.{SnakeCase(error.Field)}", error.Message))]);
        return options;
    }

    /// <summary>Options with every field set.</summary>
    public static WireOptions ToWire(string preset, TrainingOptions options)
    {
        // JSON numbers are doubles to protobuf, which the largest seeds are not.
        var wire = WireOptions.Parser.ParseJson(JsonSerializer.Serialize(options with { Seed = 0 }, RunJson.Default.TrainingOptions));
        wire.Seed = options.Seed;
        wire.Preset = preset;
        return wire;
    }

    /// <summary>The options of a message that has every field set.</summary>
    public static TrainingOptions FromWire(WireOptions wire)
    {
        var options = wire.Clone();
        options.Preset = string.Empty;
        foreach (var term in options.Loss.Where(term => term.Weight == 0))
            term.Weight = 1;
        return JsonSerializer.Deserialize(Whole.Format(options), RunJson.Default.TrainingOptions)!;
    }

    private static string SnakeCase(string pascal) => RpcErrors.UpperSnake(pascal).ToLowerInvariant();
}
