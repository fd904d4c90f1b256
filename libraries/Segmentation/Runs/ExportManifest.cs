using Maskwright.Artifacts;

namespace Maskwright.Segmentation;

/// <summary>A model written for another runtime. Written last and once.</summary>
public sealed record ExportManifest
{
    /// <summary>The version of this form that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The export's id, which follows from the model's digest and the program's version.</summary>
    public required string Id { get; init; }

    /// <summary>Version of the program that wrote it.</summary>
    public required string ProgramVersion { get; init; }

    /// <summary>When it was written, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The manifest of the run whose best weights it holds.</summary>
    public required IReadOnlyList<LineageLink> Inputs { get; init; }

    /// <summary>The ONNX file.</summary>
    public required ArtifactEntry Onnx { get; init; }
}

/// <summary>Where an export's objects are in the bucket.</summary>
public static class ExportKeys
{
    /// <summary>The manifest of an export.</summary>
    /// <param name="exportId">The export.</param>
    public static string Manifest(string exportId) => $"onnx/{exportId}/manifest.json";

    /// <summary>The ONNX file of an export.</summary>
    /// <param name="exportId">The export.</param>
    public static string Onnx(string exportId) => $"onnx/{exportId}/model.onnx";
}
