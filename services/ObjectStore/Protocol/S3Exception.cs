namespace Maskwright.ObjectStore;

/// <summary>An answer that is one of S3's errors.</summary>
/// <param name="status">The HTTP status, such as 404.</param>
/// <param name="code">S3's code, such as <c>NoSuchKey</c>.</param>
/// <param name="message">What was wrong and what was expected.</param>
internal sealed class S3Exception(int status, string code, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>S3's code.</summary>
    public string Code { get; } = code;

    internal static S3Exception AccessDenied(string message) => new(StatusCodes.Status403Forbidden, "AccessDenied", message);

    internal static S3Exception InvalidArgument(string message) => new(StatusCodes.Status400BadRequest, "InvalidArgument", message);

    internal static S3Exception InvalidRequest(string message) => new(StatusCodes.Status400BadRequest, "InvalidRequest", message);

    internal static S3Exception MalformedXml(string message) => new(StatusCodes.Status400BadRequest, "MalformedXML", message);

    internal static S3Exception IncompleteBody(string message) => new(StatusCodes.Status400BadRequest, "IncompleteBody", message);

    internal static S3Exception NoSuchBucket(string bucket) => new(StatusCodes.Status404NotFound, "NoSuchBucket", $"The bucket '{bucket}' does not exist.");

    internal static S3Exception NoSuchKey(string key) => new(StatusCodes.Status404NotFound, "NoSuchKey", $"There is no object '{key}'.");

    internal static S3Exception NoSuchUpload(string uploadId) => new(StatusCodes.Status404NotFound, "NoSuchUpload", $"There is no upload '{uploadId}': it was completed, aborted, or never begun.");

    internal static S3Exception PreconditionFailed(string message) => new(StatusCodes.Status412PreconditionFailed, "PreconditionFailed", message);

    internal static S3Exception EntityTooLarge(long maximum) => new(StatusCodes.Status400BadRequest, "EntityTooLarge", $"An object may have at most {maximum} bytes here (ObjectStore:MaxObjectBytes).");

    internal static S3Exception StorageFull() => new(StatusCodes.Status507InsufficientStorage, "XMinioStorageFull", "The disk of the store is full. What was there before is intact.");

    internal static S3Exception NotImplemented(string what) => new(StatusCodes.Status501NotImplemented, "NotImplemented", $"This store does not offer {what}.");

    internal static S3Exception MethodNotAllowed(string method) => new(StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", $"{method} is not allowed on this resource.");
}
