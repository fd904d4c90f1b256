using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Maskwright.Artifacts;
using Maskwright.Work.V1;

namespace Maskwright.ServiceDefaults;

/// <summary>The small state document of a resource: what a service must know again after a restart.</summary>
/// <param name="Version">Version of this document; 1.</param>
/// <param name="RequestId">The <c>request_id</c> of its creation; empty when there was none.</param>
/// <param name="TraceParent">W3C trace context of its creation; null when there was none.</param>
/// <param name="Resource">The resource in protobuf's JSON.</param>
internal sealed record StateDocument(int Version, string RequestId, string? TraceParent, JsonElement Resource)
{
    public const int CurrentVersion = 1;
    public const string FileName = "state.json";

    // A run of ten thousand epochs stays below it.
    private const long MaxBytes = 64 * 1024 * 1024;

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true).WithTypeRegistry(RpcErrors.DetailTypes));
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(RpcErrors.DetailTypes));

    public static byte[] Serialize(IMessage resource, string requestId, string? traceParent)
    {
        using var json = JsonDocument.Parse(Formatter.Format(resource));
        return JsonSerializer.SerializeToUtf8Bytes(
            new StateDocument(CurrentVersion, requestId, traceParent, json.RootElement),
            StateDocumentContext.Default.StateDocument);
    }

    /// <summary>Reads the document of the resource of that name.</summary>
    /// <exception cref="InvalidDataException">The object is not its state document of this version.</exception>
    public static async Task<(T Resource, StateDocument Document)> ReadAsync<T>(
        ObjectStorage storage, ObjectInfo entry, string name, CancellationToken cancellationToken)
        where T : IWorkResource, IMessage, new()
    {
        string key = entry.Key;
        if (entry.Size > MaxBytes)
            throw new InvalidDataException($"'{key}' has {entry.Size} bytes; a state document has at most {MaxBytes}.");
        byte[] bytes = await storage.GetAsync(key, MaxBytes, cancellationToken);
        try
        {
            var document = JsonSerializer.Deserialize(bytes, StateDocumentContext.Default.StateDocument)
                ?? throw new InvalidDataException($"'{key}' holds null.");
            if (document.Version != CurrentVersion)
                throw new InvalidDataException($"'{key}' is of version {document.Version}; this program reads version {CurrentVersion}.");
            T resource = Parser.Parse<T>(document.Resource.GetRawText());
            if (!string.Equals(resource.Name, name, StringComparison.Ordinal))
                throw new InvalidDataException($"'{key}' is of '{resource.Name}'; expected '{name}'.");
            if (resource.CreateTime is null || resource.State == State.Unspecified)
                throw new InvalidDataException($"'{key}' lacks the time of creation or the state of '{name}'.");
            return (resource, document);
        }
        // The parser says InvalidOperationException where a detail of an error is of a type it does not know.
        catch (Exception exception) when (exception is JsonException or InvalidJsonException or InvalidProtocolBufferException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{key}' is not a state document: {exception.Message}", exception);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StateDocument))]
internal sealed partial class StateDocumentContext : JsonSerializerContext;
