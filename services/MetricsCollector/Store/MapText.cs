using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maskwright.MetricsCollector;

/// <summary>Maps as JSON text with sorted keys, so that equal maps are equal texts.</summary>
internal static partial class MapText
{
    public static string Write(IReadOnlyDictionary<string, string> map) => JsonSerializer.Serialize(
        new SortedDictionary<string, string>(map.ToDictionary(), StringComparer.Ordinal), Json.Default.SortedDictionaryStringString);

    public static IReadOnlyDictionary<string, string> Read(string text) =>
        JsonSerializer.Deserialize(text, Json.Default.SortedDictionaryStringString)!;

    [JsonSerializable(typeof(SortedDictionary<string, string>))]
    private sealed partial class Json : JsonSerializerContext;
}
