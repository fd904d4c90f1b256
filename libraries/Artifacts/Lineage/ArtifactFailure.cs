namespace Maskwright.Artifacts;

/// <summary>An object or manifest that is not what it should be.</summary>
/// <param name="Key">Its key.</param>
/// <param name="NamedBy">The manifest that names it; null for one that was asked for.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record ArtifactFailure(string Key, string? NamedBy, string Problem)
{
    /// <summary>The failure that an error is of one object alone, or null where storage as a whole fails.</summary>
    internal static ArtifactFailure? Of(string key, string? namedBy, Exception error) => error switch
    {
        ArtifactException damaged => new ArtifactFailure(key, namedBy, damaged.Problem),
        StorageException { Kind: StorageFailure.NotFound or StorageFailure.Other } lost => new ArtifactFailure(key, namedBy, lost.Message),
        _ => null,
    };
}
