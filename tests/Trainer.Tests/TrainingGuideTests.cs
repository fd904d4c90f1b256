using System.Text.Json;
using System.Text.Json.Nodes;
using Maskwright.Segmentation;

namespace Maskwright.Trainer.Tests;

public sealed class TrainingGuideTests
{
    [Fact]
    public void The_guide_names_every_option_with_its_default_and_every_preset()
    {
        var guide = File.ReadAllText(Path.Combine(Root(), "docs", "training.md"));
        var defaults = JsonSerializer.SerializeToNode(new TrainingOptions(), RunJson.Default.TrainingOptions)!.AsObject();

        foreach (var field in Training.V1.TrainingOptions.Descriptor.Fields.InDeclarationOrder().Where(field => field.Name is not "preset"))
        {
            var value = defaults[field.JsonName] switch
            {
                null or JsonArray { Count: 0 } => "none",
                JsonArray terms => $"`{string.Join(',', terms.Select(term => $"{term!["name"]}:{term["weight"]}"))}`",
                JsonValue plain => $"`{plain}`",
                var other => throw new InvalidDataException($"{field.Name} is {other}"),
            };
            guide.ShouldContain($"| `{field.Name}` | {value} |", Case.Sensitive);
        }

        foreach (var preset in TrainingPresets.ByName.Keys)
        {
            guide.ShouldContain($"| `{preset}` |", Case.Sensitive);
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Aspire.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not lie within the solution.");
        }

        return folder.FullName;
    }
}
