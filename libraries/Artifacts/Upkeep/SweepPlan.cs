namespace Maskwright.Artifacts;

/// <summary>What a sweep would remove, and what it leaves.</summary>
/// <param name="Objects">Objects that no manifest names, old enough to be nobody's work.</param>
/// <param name="Uploads">Uploads in parts that were begun long ago and never finished.</param>
/// <param name="Manifests">Manifests that were read.</param>
/// <param name="Named">Objects that stay because a manifest names them.</param>
/// <param name="Working">Objects that stay because work on their artifact goes on, or may be resumed.</param>
/// <param name="Recent">Objects and uploads that stay because they are young.</param>
public sealed record SweepPlan(
    IReadOnlyList<ObjectInfo> Objects, IReadOnlyList<UnfinishedUpload> Uploads, int Manifests, int Named, int Working, int Recent)
{
    /// <summary>Bytes of the objects that would go.</summary>
    public long Bytes => Objects.Sum(item => item.Size);
}
