using System.Xml.Linq;

namespace Maskwright.ObjectStore;

/// <summary>Answers S3 requests: who asks, what for, and what to say when it cannot be done.</summary>
internal sealed partial class S3Endpoint(
    RequestAuthenticator authenticator,
    BucketActions buckets,
    ObjectActions objects,
    MultipartActions multipart,
    ILogger<S3Endpoint> logger)
{
    // ENOSPC and EDQUOT, and Windows' two codes for a full disk.
    private static readonly int[] DiskFull = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    // Parts of S3 this store does not have; taking such a request for a plain one would store or give the wrong thing.
    private static readonly string[] Unsupported =
        ["acl", "tagging", "policy", "lifecycle", "cors", "website", "encryption", "notification", "replication", "retention", "legal-hold", "object-lock", "versions", "torrent", "restore", "select", "attributes", "versionId"];

    /// <summary>Answers one request.</summary>
    internal async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers["x-amz-request-id"] = context.TraceIdentifier;
        try
        {
            var request = S3Request.Parse(context);
            await DispatchAsync(request, authenticator.Authenticate(request));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            LogAborted(context.Request.Method, context.Request.Path);
        }
        catch (Exception error)
        {
            if (context.Response.HasStarted)
            {
                // Too late to say anything: cutting the connection is the only sign the client cannot misread.
                LogFailed(error, context.Request.Method, context.Request.Path);
                context.Abort();
                return;
            }

            await AnswerAsync(context, Name(error, context));
        }
    }

    private Task DispatchAsync(S3Request request, PayloadPromise payload)
    {
        if (Unsupported.FirstOrDefault(request.Has) is { } part)
            throw S3Exception.NotImplemented($"the sub-resource '{part}'");
        if (request.Bucket.Length == 0)
            return request.Method == "GET" ? buckets.ListBucketsAsync(request) : throw S3Exception.MethodNotAllowed(request.Method);
        return request.Key.Length == 0 ? OnBucket(request, payload) : OnObject(request, payload);
    }

    private Task OnBucket(S3Request request, PayloadPromise payload) => request.Method switch
    {
        "PUT" when request.Has("versioning") => throw S3Exception.NotImplemented("versioning"),
        "PUT" => buckets.CreateAsync(request),
        "HEAD" => buckets.HeadAsync(request),
        "DELETE" => buckets.DeleteAsync(request),
        "POST" when request.Has("delete") => buckets.DeleteObjectsAsync(request, payload),
        "GET" when request.Has("location") => buckets.LocationAsync(request),
        "GET" when request.Has("versioning") => buckets.VersioningAsync(request),
        "GET" when request.Has("uploads") => multipart.ListUploadsAsync(request),
        "GET" when request.Value("list-type") == "2" => buckets.ListV2Async(request),
        "GET" => buckets.ListV1Async(request),
        _ => throw S3Exception.MethodNotAllowed(request.Method),
    };

    private Task OnObject(S3Request request, PayloadPromise payload) => request.Method switch
    {
        "PUT" when request.Has("uploadId") => multipart.PutPartAsync(request, payload),
        "PUT" when request.Header("x-amz-copy-source") is { } source => objects.CopyAsync(request, source),
        "PUT" => objects.PutAsync(request, payload),
        "POST" when request.Has("uploads") => multipart.BeginAsync(request),
        "POST" when request.Has("uploadId") => multipart.CompleteAsync(request, payload),
        "GET" when request.Has("uploadId") => multipart.ListPartsAsync(request),
        "GET" => objects.GetAsync(request, withBody: true),
        "HEAD" => objects.GetAsync(request, withBody: false),
        "DELETE" when request.Has("uploadId") => multipart.AbortAsync(request),
        "DELETE" => objects.DeleteAsync(request),
        _ => throw S3Exception.MethodNotAllowed(request.Method),
    };

    private S3Exception Name(Exception error, HttpContext context)
    {
        switch (error)
        {
            case S3Exception named:
                return named;
            case BadHttpRequestException bad:
                return new S3Exception(bad.StatusCode, bad.StatusCode == StatusCodes.Status400BadRequest ? "IncompleteBody" : "InvalidRequest", bad.Message);
            case IOException full when DiskFull.Contains(full.HResult):
                LogFailed(error, context.Request.Method, context.Request.Path);
                return new S3Exception(StatusCodes.Status507InsufficientStorage, "XMinioStorageFull", "The disk of the store is full. What was there before is intact.");
            default:
                LogFailed(error, context.Request.Method, context.Request.Path);
                return new S3Exception(StatusCodes.Status500InternalServerError, "InternalError", "The store failed; its log says why.");
        }
    }

    private static async Task AnswerAsync(HttpContext context, S3Exception error)
    {
        var response = context.Response;
        response.Clear();
        response.Headers["x-amz-request-id"] = context.TraceIdentifier;
        response.StatusCode = error.Status;
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        await S3Xml.WriteAsync(response, new XElement("Error",
            new XElement("Code", error.Code),
            new XElement("Message", error.Message),
            new XElement("Resource", context.Request.Path.Value),
            new XElement("RequestId", context.TraceIdentifier)), context.RequestAborted);
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(Exception error, string method, PathString path);

    [LoggerMessage(2, LogLevel.Debug, "{Method} {Path} was given up by its client")]
    private partial void LogAborted(string method, PathString path);
}
