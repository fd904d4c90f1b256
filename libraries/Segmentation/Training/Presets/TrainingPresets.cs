using System.Text.Json;
using System.Text.Json.Nodes;

namespace Maskwright.Segmentation;

/// <summary>A named recipe to start from, read from a file beside this one.</summary>
/// <param name="Name">The file's name without <c>.json</c>.</param>
/// <param name="Description">What it is for, in a sentence.</param>
/// <param name="Options">Every option.</param>
public sealed record TrainingPreset(string Name, string Description, TrainingOptions Options);

/// <summary>
/// The recipes there are. A file names what differs from the defaults of <see cref="TrainingOptions"/>; its
/// <c>description</c> says what it is for.
/// </summary>
public static class TrainingPresets
{
    private const string Folder = "Maskwright.Segmentation.Training.Presets.";
    private const string Suffix = ".json";

    /// <summary>The preset that holds where none is named: the report's recipe.</summary>
    public const string Default = "report";

    /// <summary>All presets by name, in order.</summary>
    public static IReadOnlyDictionary<string, TrainingPreset> ByName { get; } = typeof(TrainingPresets).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
        .Select(name => Read(name, name[Folder.Length..^Suffix.Length]))
        .OrderBy(preset => preset.Name, StringComparer.Ordinal)
        .ToDictionary(preset => preset.Name, StringComparer.Ordinal);

    private static TrainingPreset Read(string resource, string name)
    {
        using var stream = typeof(TrainingPresets).Assembly.GetManifestResourceStream(resource)!;
        var preset = JsonNode.Parse(stream)!;

        // What a file does not name would be nothing instead of its default.
        var options = JsonSerializer.SerializeToNode(new TrainingOptions(), RunJson.Default.TrainingOptions)!.AsObject();
        foreach (var (option, value) in preset["options"]!.AsObject())
        {
            options[options.ContainsKey(option) ? option : throw new FormatException($"Preset {name} names '{option}', which is no option.")] = value?.DeepClone();
        }

        return new TrainingPreset(name, (string)preset["description"]!, options.Deserialize(RunJson.Default.TrainingOptions)!);
    }
}
