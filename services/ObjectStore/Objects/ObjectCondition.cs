using System.Globalization;

namespace Maskwright.ObjectStore;

/// <summary>What must hold for an object to be written or read (RFC 9110, 13).</summary>
internal sealed record ObjectCondition
{
    /// <summary>Nothing must hold.</summary>
    internal static ObjectCondition None { get; } = new();

    /// <summary>Tags one of which the object must have, <c>*</c> for any, or null.</summary>
    internal string? IfMatch { get; init; }

    /// <summary>Tags none of which the object may have, <c>*</c> for any, or null.</summary>
    internal string? IfNoneMatch { get; init; }

    private DateTimeOffset? IfModifiedSince { get; init; }

    private DateTimeOffset? IfUnmodifiedSince { get; init; }

    /// <summary>The conditions of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="prefix">What the headers' names begin with: nothing, or <c>x-amz-copy-source-</c>.</param>
    internal static ObjectCondition Of(S3Request request, string prefix = "") => new()
    {
        IfMatch = request.Header(prefix + "if-match"),
        IfNoneMatch = request.Header(prefix + "if-none-match"),
        IfModifiedSince = Time(request.Header(prefix + "if-modified-since")),
        IfUnmodifiedSince = Time(request.Header(prefix + "if-unmodified-since")),
    };

    /// <summary>Refuses a write whose condition does not hold.</summary>
    /// <exception cref="S3Exception">It does not.</exception>
    internal void CheckWrite(ObjectRecord? current, string key)
    {
        if (IfMatch is not null && current is null)
            throw S3Exception.NoSuchKey(key);
        if (current is null)
            return;
        if (IfMatch is not null && !Matches(IfMatch, current))
            throw S3Exception.PreconditionFailed($"The object '{key}' has the tag \"{current.ETag}\", not {IfMatch}.");
        if (IfNoneMatch is not null && Matches(IfNoneMatch, current))
            throw S3Exception.PreconditionFailed($"There is an object '{key}' already.");
    }

    /// <summary>Refuses a read whose condition does not hold.</summary>
    /// <returns>False when the reader has the object already.</returns>
    /// <exception cref="S3Exception">The object is not the one the reader means.</exception>
    internal bool CheckRead(ObjectRecord record)
    {
        if (IfMatch is not null ? !Matches(IfMatch, record) : IfUnmodifiedSince is { } until && Seconds(record) > until)
            throw S3Exception.PreconditionFailed($"The object '{record.Key}' has the tag \"{record.ETag}\" and is of {record.LastModified:R}.");
        return IfNoneMatch is not null ? !Matches(IfNoneMatch, record) : IfModifiedSince is not { } since || Seconds(record) > since;
    }

    private static bool Matches(string tags, ObjectRecord current) =>
        tags.Split(',', StringSplitOptions.TrimEntries).Any(t => t == "*" || t.Trim('"') == current.ETag);

    // Headers tell times to the second.
    private static DateTimeOffset Seconds(ObjectRecord record) => DateTimeOffset.FromUnixTimeSeconds(record.LastModified.ToUnixTimeSeconds());

    // What is not a date is no condition.
    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
