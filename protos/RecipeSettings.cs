using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Maskwright.Training.V1;

/// <summary>Options of a recipe as people type them: <c>NAME=VALUE</c> reaches every field of the contract's options.</summary>
public static class RecipeSettings
{
    /// <summary>The names there are, for messages.</summary>
    private static IEnumerable<string> Names => TrainingOptions.Descriptor.Fields.InDeclarationOrder()
        .Select(option => option.Name).Except(["preset", "initial_weights"]).Order(StringComparer.Ordinal);

    /// <summary>Sets one field.</summary>
    /// <param name="recipe">Gets the value.</param>
    /// <param name="setting"><c>NAME=VALUE</c>; lists are separated by commas, terms of a loss are <c>NAME</c> or <c>NAME:WEIGHT</c>.</param>
    /// <exception cref="FormatException">There is no such option, or the value is not of its kind.</exception>
    public static void Apply(TrainingOptions recipe, string setting)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(setting);
        var split = setting.IndexOf('=', StringComparison.Ordinal);
        var name = split > 0 ? setting[..split].Trim() : setting;
        if (split < 1 || !Names.Contains(name))
            throw new FormatException($"'{setting}' names no option; expected NAME=VALUE with one of {string.Join(", ", Names)}.");
        var field = TrainingOptions.Descriptor.FindFieldByName(name);
        var value = setting[(split + 1)..].Trim();
        try
        {
            recipe.MergeFrom(TrainingOptions.Parser.ParseJson(new JsonObject { [field.JsonName] = Node(field, value) }.ToJsonString()));
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or FormatException or System.Text.Json.JsonException)
        {
            throw new FormatException($"{name}: '{value}' is not {Kind(field)}.", exception);
        }
    }

    private static JsonNode? Node(FieldDescriptor field, string value) => field switch
    {
        { FieldType: FieldType.Message } => new JsonArray([.. value.Split(',').Select(Term)]),
        { IsRepeated: true } => new JsonArray([.. value.Split(',').Select(item => JsonNode.Parse(item))]),
        { FieldType: FieldType.String } => JsonValue.Create(value),
        _ => JsonNode.Parse(value),
    };

    private static JsonObject Term(string term) => term.Split(':') switch
    {
        [var name] => new JsonObject { ["name"] = name.Trim(), ["weight"] = 1 },
        [var name, var weight] => new JsonObject { ["name"] = name.Trim(), ["weight"] = JsonNode.Parse(weight) },
        _ => throw new FormatException(),
    };

    private static string Kind(FieldDescriptor field) => field switch
    {
        { FieldType: FieldType.Message } => "a list of terms such as cross_entropy,dice:0.5",
        { IsRepeated: true } => "a list of numbers such as 1,2.5,2.5",
        { FieldType: FieldType.Bool } => "true or false",
        { FieldType: FieldType.Double } => "a number",
        _ => "a whole number",
    };
}
