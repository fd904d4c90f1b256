using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;

namespace Maskwright.Cli;

/// <summary>Messages in protobuf's JSON form.</summary>
internal static class JsonText
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default
        .WithIndentation()
        .WithTypeRegistry(TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor)));

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A message as a document.</summary>
    public static string Of(IMessage message) => Formatter.Format(message);

    /// <summary>A message as a line, for streams.</summary>
    public static string Line(IMessage message) => JsonFormatter.Default.Format(message);

    /// <summary>Several as one document.</summary>
    public static string Of(JsonObject document) => document.ToJsonString(Indented);

    /// <summary>A message as a part of a document; null stays null.</summary>
    public static JsonNode? Node(IMessage? message) => message is null ? null : JsonNode.Parse(Formatter.Format(message));
}
