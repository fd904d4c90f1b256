using Google.Protobuf.Collections;
using Maskwright.Training.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Recipes as tables.</summary>
internal static class PresetView
{
    public static void List(Terminal terminal, IReadOnlyCollection<Preset> presets) =>
        new FittingTable<Preset>(presets)
            .Words("preset", preset => Markup.Escape(preset.Name))
            .Words("what it is for", preset => Markup.Escape(preset.Description))
            .Write(terminal);

    /// <summary>Every option by the name that <c>--set</c> takes.</summary>
    public static void Show(Terminal terminal, Preset preset)
    {
        terminal.Heading($"{preset.Name}: {preset.Description}");
        terminal.Console.Write(TableStyle.Facts(TrainingOptions.Descriptor.Fields.InDeclarationOrder()
            .Where(field => field.Name is not "preset")
            .Select(field => (field.Name, Text(field.Accessor.GetValue(preset.Options))))
            .OrderBy(fact => fact.Name, StringComparer.Ordinal)));
    }

    private static string Text(object? value) => value switch
    {
        null => "none",
        bool set => set ? "true" : "false",
        RepeatedField<LossTerm> terms => string.Join(",", terms.Select(term => FormattableString.Invariant($"{term.Name}:{term.Weight}"))),
        RepeatedField<double> numbers => numbers.Count == 0 ? "none" : string.Join(",", numbers.Select(number => FormattableString.Invariant($"{number}"))),
        InitialWeights weights => weights.File + weights.ObjectKey + weights.Url,
        _ => FormattableString.Invariant($"{value}"),
    };
}
