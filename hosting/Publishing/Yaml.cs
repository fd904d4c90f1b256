using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.EventEmitters;

namespace Maskwright.Hosting;

/// <summary>Writes maps, lists, texts, numbers and truth values as YAML. Texts that would be read as something else are quoted.</summary>
internal static class Yaml
{
    private static readonly ISerializer Serializer = new SerializerBuilder().DisableAliases().WithQuotingNecessaryStrings(quoteYaml1_1Strings: true)
        .WithEventEmitter(next => new LongTextsOnOneLine(next)).Build();

    public static string Write(object document) => Serializer.Serialize(document).ReplaceLineEndings("\n");

    /// <summary>A map without the entries that are null or empty lists or maps.</summary>
    public static Dictionary<string, object> Map(params (string Key, object? Value)[] entries) => entries
        .Where(entry => entry.Value is not (null or System.Collections.ICollection { Count: 0 }))
        .ToDictionary(entry => entry.Key, entry => entry.Value!, StringComparer.Ordinal);

    private sealed class LongTextsOnOneLine(IEventEmitter next) : ChainedEventEmitter(next)
    {
        public override void Emit(ScalarEventInfo eventInfo, IEmitter emitter)
        {
            if (eventInfo.Source.Value is string text && text.Contains('\n', StringComparison.Ordinal))
                eventInfo.Style = ScalarStyle.Literal;
            base.Emit(eventInfo, emitter);
        }
    }
}
