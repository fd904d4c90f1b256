using System.Net;
using Polly.Timeout;

namespace Maskwright.Artifacts;

/// <summary>Names what went wrong for the person who has to cure it.</summary>
internal static class FailureNaming
{
    /// <summary>The <see cref="StorageException"/> that tells what <paramref name="error"/> means for <paramref name="key"/>, or null when it is not storage's failure.</summary>
    internal static StorageException? Name(Exception error, StorageOptions options, string key) => error switch
    {
        S3ErrorException answer => Name(answer, options, key),
        TimeoutRejectedException => Unreachable(options, "it did not answer in time", error),
        HttpRequestException request => Unreachable(options, Reason(request), error),
        OperationCanceledException { InnerException: TimeoutException } => Unreachable(options, "connecting took too long", error),
        InvalidDataException => new StorageException(StorageFailure.Other, $"Reading {Place(options, key)} from {options.Endpoint} failed: {error.Message}.", error),
        Minio.Exceptions.MinioException sdk => new StorageException(StorageFailure.Other, $"Object storage at {options.Endpoint} could not serve {Place(options, key)}: {sdk.Message}", error),
        _ => null,
    };

    /// <summary>As <see cref="Name(Exception, StorageOptions, string)"/>, where an <see cref="IOException"/> can only be the connection's.</summary>
    internal static StorageException? NameRead(Exception error, StorageOptions options, string key) =>
        error is IOException ? Unreachable(options, $"the connection broke ({error.Message})", error) : Name(error, options, key);

    private static StorageException Name(S3ErrorException answer, StorageOptions options, string key)
    {
        var place = Place(options, key);
        var said = answer.ServerMessage.Length > 0 ? $"{answer.Code}: {answer.ServerMessage}" : answer.Code;
        return answer switch
        {
            { Code: "NoSuchBucket" } => new(StorageFailure.NotFound,
                $"The bucket '{options.Bucket}' does not exist at {options.Endpoint}. Create it, or check Bucket in the storage connection string.", answer),
            { Code: "NoSuchUpload" } => new(StorageFailure.NotFound,
                $"The upload of {place} at {options.Endpoint} is gone ({said}): it was aborted or completed elsewhere. Upload the object again.", answer),
            { Code: "RequestTimeTooSkewed" } => new(StorageFailure.AccessDenied,
                $"Object storage at {options.Endpoint} refused {place}: the clocks of this machine and of the storage differ by more than it allows. Set both by NTP.", answer),
            { Code: "AccessDenied" or "InvalidAccessKeyId" or "SignatureDoesNotMatch" }
                or { Status: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } => new(StorageFailure.AccessDenied,
                $"Object storage at {options.Endpoint} refused access to {place} ({said}). Check AccessKey and SecretKey in the storage connection string, what they may do in this bucket, and that the clocks of this machine and of the storage agree.", answer),
            { Code: "XMinioStorageFull" or "InsufficientStorage" or "QuotaExceeded" or "StorageFull" }
                or { Status: HttpStatusCode.InsufficientStorage } => new(StorageFailure.Full,
                $"Object storage at {options.Endpoint} has no room for {place} ({said}). Free or add space, then try again.", answer),
            { Status: HttpStatusCode.NotFound } => new(StorageFailure.NotFound,
                $"There is no {place} at {options.Endpoint}.", answer),
            { Status: HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict } => new(StorageFailure.PreconditionFailed,
                $"The condition on {place} at {options.Endpoint} does not hold ({said}).", answer),
            { Status: HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout } =>
                Unreachable(options, $"it answered {(int)answer.Status} {said}", answer),
            _ => new(StorageFailure.Other,
                $"Object storage at {options.Endpoint} answered {(int)answer.Status} {said} for {place}.", answer),
        };
    }

    private static StorageException Unreachable(StorageOptions options, string reason, Exception error) => new(
        StorageFailure.Unreachable,
        $"Object storage at {options.Endpoint} cannot be reached: {reason}. Check that the storage service is running and that Endpoint in the storage connection string is right.",
        error);

    private static string Reason(HttpRequestException error) => error.HttpRequestError switch
    {
        HttpRequestError.ConnectionError => "nothing accepts connections there",
        HttpRequestError.NameResolutionError => "its host name does not resolve",
        HttpRequestError.SecureConnectionError => "the TLS handshake failed",
        _ => error.InnerException?.Message ?? error.Message,
    };

    private static string Place(StorageOptions options, string key) =>
        key.Length == 0 ? $"the bucket '{options.Bucket}'" : $"{options.Bucket}/{key}";
}
