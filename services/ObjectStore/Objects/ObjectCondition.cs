namespace Maskwright.ObjectStore;

/// <summary>What must hold for an object to be written or read.</summary>
/// <param name="IfMatch">Tags one of which the object must have, <c>*</c> for any, or null.</param>
/// <param name="IfNoneMatch">Tags none of which the object may have, <c>*</c> for any, or null.</param>
internal sealed record ObjectCondition(string? IfMatch, string? IfNoneMatch)
{
    /// <summary>The conditions of a request.</summary>
    internal static ObjectCondition Of(S3Request request) => new(request.Header("If-Match"), request.Header("If-None-Match"));

    /// <summary>True when there is a condition at all.</summary>
    internal bool Any => IfMatch is not null || IfNoneMatch is not null;

    /// <summary>True unless an object with one of the excluded tags is there.</summary>
    internal bool NoneMatches(ObjectRecord? current) => IfNoneMatch is null || current is null || !Matches(IfNoneMatch, current);

    /// <summary>True when the object has one of the demanded tags.</summary>
    internal bool Match(ObjectRecord? current) => IfMatch is null || (current is not null && Matches(IfMatch, current));

    /// <summary>Refuses a write whose condition does not hold.</summary>
    /// <exception cref="S3Exception">It does not.</exception>
    internal void CheckWrite(ObjectRecord? current, string key)
    {
        if (IfMatch is not null && current is null)
            throw S3Exception.NoSuchKey(key);
        if (!Match(current))
            throw S3Exception.PreconditionFailed($"The object '{key}' has the tag \"{current!.ETag}\", not {IfMatch}.");
        if (!NoneMatches(current))
            throw S3Exception.PreconditionFailed($"There is an object '{key}' already.");
    }

    private static bool Matches(string tags, ObjectRecord current) =>
        tags.Split(',', StringSplitOptions.TrimEntries).Any(t => t == "*" || t.Trim('"') == current.ETag);
}
