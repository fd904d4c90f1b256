using System.Xml.Linq;

namespace Maskwright.ObjectStore;

/// <summary>Answers S3 requests: who asks, what for, and what to say when it cannot be done.</summary>
internal sealed partial class S3Endpoint(
    RequestAuthenticator authenticator,
    BucketActions buckets,
    ObjectActions objects,
    MultipartActions multipart,
    DeleteActions deletes,
    ILogger<S3Endpoint> logger)
{
    // ENOSPC and EDQUOT, and Windows' two codes for a full disk.
    private static readonly int[] DiskFull = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

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
        if (request.Method == "GET" && request.Has("acl"))
            return buckets.AclAsync(request);
        if (SubResources.Answer(request) is { } setting)
            return buckets.SettingAsync(request, setting);
        if (request.Bucket.Length == 0)
            return request.Method == "GET" ? buckets.ListBucketsAsync(request) : throw S3Exception.MethodNotAllowed(request.Method);
        return request.Key.Length == 0 ? OnBucket(request, payload) : OnObject(request, payload);
    }

    private Task OnBucket(S3Request request, PayloadPromise payload) => request.Method switch
    {
        "GET" when request.Has("tagging") => throw new S3Exception(StatusCodes.Status404NotFound, "NoSuchTagSet", "Buckets have no tags here."),
        _ when request.Has("tagging") => throw S3Exception.NotImplemented("tags of buckets"),
        "PUT" => buckets.CreateAsync(request),
        "HEAD" => buckets.HeadAsync(request),
        "DELETE" => buckets.DeleteAsync(request),
        "POST" when request.Has("delete") => deletes.DeleteManyAsync(request, payload),
        "GET" when request.Has("uploads") => multipart.ListUploadsAsync(request),
        "GET" when request.Value("list-type") == "2" => buckets.ListV2Async(request),
        "GET" => buckets.ListV1Async(request),
        _ => throw S3Exception.MethodNotAllowed(request.Method),
    };

    private Task OnObject(S3Request request, PayloadPromise payload) => request.Method switch
    {
        "GET" when request.Has("tagging") => objects.GetTagsAsync(request),
        "PUT" when request.Has("tagging") => objects.PutTagsAsync(request, payload),
        "DELETE" when request.Has("tagging") => objects.DeleteTagsAsync(request),
        "PUT" when request.Has("uploadId") => multipart.PutPartAsync(request, payload),
        "PUT" when request.Header("x-amz-copy-source") is not null => objects.CopyAsync(request),
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
                return S3Exception.StorageFull();
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
        // A client that waits to be asked for its body may leave it out after this answer, and nothing tells whether it did.
        if (context.Request.Headers.Expect.Count > 0)
            response.Headers.Connection = "close";
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
