namespace Maskwright.Artifacts;

/// <summary>What storage knows about one object.</summary>
/// <param name="Key">The object's key within its bucket.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="ETag">The server's tag of this content, without quotes. Not a digest to rely on.</param>
/// <param name="LastModified">When the object was written, in UTC.</param>
public sealed record ObjectInfo(string Key, long Size, string ETag, DateTimeOffset LastModified);
