using System.Text.Json.Serialization;

namespace Maskwright.Datasets;

/// <summary>The JSON forms of a dataset's documents.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DatasetManifest))]
[JsonSerializable(typeof(DatasetStatistics))]
[JsonSerializable(typeof(DatasetContents))]
[JsonSerializable(typeof(SampleInfo))]
internal sealed partial class DatasetJson : JsonSerializerContext;
