namespace Maskwright.Artifacts;

/// <summary>Names the manifest of something an artifact was made of. Manifests never change, so the digest fixes all that lies behind it.</summary>
/// <param name="Manifest">The manifest's key in the bucket.</param>
/// <param name="Sha256">The digest of the manifest's bytes, see <see cref="Digest"/>.</param>
public sealed record LineageLink(string Manifest, string Sha256);
