namespace Maskwright.Artifacts;

/// <summary>One object that a manifest names.</summary>
/// <param name="Key">Its key in the bucket.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Sha256">Its digest, see <see cref="Digest"/>.</param>
public sealed record ArtifactEntry(string Key, long Size, string Sha256)
{
    /// <summary>Refuses bytes that are not this entry's.</summary>
    /// <param name="bytes">What was read.</param>
    /// <exception cref="ArtifactException">Size or digest differ; the message names the object.</exception>
    public void Verify(ReadOnlySpan<byte> bytes)
    {
        VerifySize(bytes.Length);
        VerifyDigest(Digest.OfBytes(bytes));
    }

    /// <summary>Refuses a length that is not this entry's.</summary>
    /// <param name="size">The object's length in bytes.</param>
    /// <exception cref="ArtifactException">It differs.</exception>
    public void VerifySize(long size)
    {
        if (size != Size)
            throw new ArtifactException(Key, $"the object has {size} bytes, its manifest says {Size}. It is damaged or was replaced: make the artifact again.");
    }

    /// <summary>Refuses a digest that is not this entry's.</summary>
    /// <param name="sha256">The digest of what was read.</param>
    /// <exception cref="ArtifactException">It differs.</exception>
    public void VerifyDigest(string sha256)
    {
        if (!string.Equals(sha256, Sha256, StringComparison.OrdinalIgnoreCase))
            throw new ArtifactException(Key, $"the object's SHA-256 is {sha256}, its manifest says {Sha256}. It is damaged or was replaced: make the artifact again.");
    }
}
