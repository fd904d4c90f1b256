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
    private readonly Option<double?> _learningRate = CommonOptions.Number<double>("--learning-rate", "X", "Adam's step size, for instance 1e-4.");
    private readonly Option<string?> _schedule = CommonOptions.Of<string?>("--schedule", "NAME", "How the step size changes over the run: constant or poly.");
    private readonly Option<string?> _device = CommonOptions.Of<string?>("--device", "NAME", "auto, cpu or cuda:N.");

    /// <param name="command">Gets the options.</param>
    /// <param name="presetDefault">What happens when no preset is named, for the help text.</param>
    public RecipeOptions(Command command, string presetDefault)
    {
        _preset = CommonOptions.Of<string?>("--preset", "NAME", $"Recipe whose values hold where nothing else is given. {presetDefault}");
        foreach (var option in new Option[] { _preset, _epochs, _batch, _size, _learningRate, _schedule, _device })
            command.Add(option);
    }

    /// <summary>The recipe as typed; what was not typed is absent.</summary>
    public TrainingOptions Read(ParseResult options, string defaultPreset, ulong? seed)
    {
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
        if (options.GetValue(_device) is { } device)
            recipe.Device = device;
        if (seed is { } value)
            recipe.Seed = value;
        return recipe;
    }
}
