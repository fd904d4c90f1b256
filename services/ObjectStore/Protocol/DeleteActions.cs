using System.Xml.Linq;

namespace Maskwright.ObjectStore;

/// <summary>Deletes many objects with one request.</summary>
/// <param name="buckets">The buckets.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed partial class DeleteActions(BucketStore buckets, ILogger<DeleteActions> logger)
{
    private const int MaxKeys = 1000;
    private static readonly XNamespace Ns = S3Xml.Namespace;

    internal async Task DeleteManyAsync(S3Request request, PayloadPromise payload)
    {
        _ = buckets.FolderOf(request.Bucket);
        var document = await S3Xml.ReadAsync(request, payload);
        var objects = document.All("Object").ToList();
        if (objects.Count is 0 or > MaxKeys)
            throw S3Exception.MalformedXml($"One request deletes 1 to {MaxKeys} objects, not {objects.Count}.");
        if (objects.Any(o => string.IsNullOrEmpty(o.Text("Key"))))
            throw S3Exception.MalformedXml("An Object has no Key.");
        var quiet = document.Text("Quiet") == "true";
        var result = new XElement(Ns + "DeleteResult");
        foreach (var wanted in objects)
        {
            if (await DeleteAsync(request, wanted) is { } error)
                result.Add(error);
            else if (!quiet)
                result.Add(new XElement(Ns + "Deleted", new XElement(Ns + "Key", wanted.Text("Key"))));
        }

        await S3Xml.WriteAsync(request.Context.Response, result, request.Aborted);
    }

    // One that cannot be deleted keeps none of the others.
    private async Task<XElement?> DeleteAsync(S3Request request, XElement wanted)
    {
        var key = wanted.Text("Key")!;
        try
        {
            S3Request.CheckKey(key);
            if (wanted.Text("VersionId") is not (null or "" or "null"))
                throw S3Exception.NotImplemented("versions of objects");
            await buckets.DeleteAsync(request.Bucket, key, ObjectCondition.None with { IfMatch = wanted.Text("ETag") }, request.Aborted);
            return null;
        }
        catch (S3Exception error)
        {
            return Error(key, error.Code, error.Message);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogFailed(error, request.Bucket, key);
            return Error(key, "InternalError", "The store failed; its log says why.");
        }
    }

    private static XElement Error(string key, string code, string message) =>
        new(Ns + "Error", new XElement(Ns + "Key", key), new XElement(Ns + "Code", code), new XElement(Ns + "Message", message));

    [LoggerMessage(1, LogLevel.Error, "{Bucket}/{Key} could not be deleted")]
    private partial void LogFailed(Exception error, string bucket, string key);
}
