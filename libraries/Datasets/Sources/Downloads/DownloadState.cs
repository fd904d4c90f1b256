using System.Text.Json.Serialization;

namespace Maskwright.Datasets;

/// <summary>What is known of a file at its server, beside the file in the cache.</summary>
/// <param name="Url">Where it comes from, without what may be secret in it.</param>
/// <param name="ETag">The server's strong tag of this content; null when it gave none.</param>
/// <param name="LastModified">The server's time of change; null when it gave none.</param>
/// <param name="Length">Bytes of the whole file; null when the server did not say.</param>
internal sealed record DownloadState(string Url, string? ETag, DateTimeOffset? LastModified, long? Length)
{
    /// <summary>Whether a server can be asked for the rest of exactly this content.</summary>
    [JsonIgnore]
    public bool CanResume => ETag is not null || LastModified is not null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DownloadState))]
internal sealed partial class DownloadJson : JsonSerializerContext;
