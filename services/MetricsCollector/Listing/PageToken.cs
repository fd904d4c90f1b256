using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Maskwright.MetricsCollector;

/// <summary>A place in a list of runs as the text that a caller hands back, good for the same filter and order only.</summary>
internal sealed partial record PageToken
{
    public string? Text { get; init; }

    public long? Integer { get; init; }

    public double? Real { get; init; }

    public required long Number { get; init; }

    public required string Query { get; init; }

    public static string Write(RunPlace place, string filter, string order) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(
        new PageToken
        {
            Text = place.SortValue as string,
            Integer = place.SortValue as long?,
            Real = place.SortValue as double?,
            Number = place.Number,
            Query = QueryDigest(filter, order),
        },
        Json.Default.PageToken));

    /// <summary>The place, or null when the text is no token of this query.</summary>
    public static RunPlace? Read(string text, string filter, string order)
    {
        try
        {
            var token = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(text), Json.Default.PageToken);
            return token is not null && token.Query == QueryDigest(filter, order)
                ? new RunPlace((object?)token.Text ?? (object?)token.Integer ?? token.Real, token.Number)
                : null;
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string QueryDigest(string filter, string order) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{filter}\n{order}")).AsSpan(0, 8));

    [JsonSourceGenerationOptions(
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    [JsonSerializable(typeof(PageToken))]
    private sealed partial class Json : JsonSerializerContext;
}
