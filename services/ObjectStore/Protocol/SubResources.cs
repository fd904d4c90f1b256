using System.Xml.Linq;

namespace Maskwright.ObjectStore;

/// <summary>
/// Parts of S3 that this store does not have. Clients ask whether a bucket has them, and are told as by a server where nobody
/// has set them; setting one is refused. Taking such a request for a plain one would store or give the wrong thing.
/// </summary>
internal static class SubResources
{
    private static readonly Dictionary<string, string> Unset = new(StringComparer.Ordinal)
    {
        ["policy"] = "NoSuchBucketPolicy",
        ["policyStatus"] = "NoSuchBucketPolicy",
        ["lifecycle"] = "NoSuchLifecycleConfiguration",
        ["cors"] = "NoSuchCORSConfiguration",
        ["website"] = "NoSuchWebsiteConfiguration",
        ["encryption"] = "ServerSideEncryptionConfigurationNotFoundError",
        ["replication"] = "ReplicationConfigurationNotFoundError",
        ["object-lock"] = "ObjectLockConfigurationNotFoundError",
        ["publicAccessBlock"] = "NoSuchPublicAccessBlockConfiguration",
        ["ownershipControls"] = "OwnershipControlsNotFoundError",
    };

    // Answered with an empty document of this name.
    private static readonly Dictionary<string, string> Empty = new(StringComparer.Ordinal)
    {
        ["versioning"] = "VersioningConfiguration",
        ["notification"] = "NotificationConfiguration",
        ["logging"] = "BucketLoggingStatus",
        ["accelerate"] = "AccelerateConfiguration",
        // Empty stands for us-east-1.
        ["location"] = "LocationConstraint",
    };

    private static readonly string[] Refused =
        ["acl", "versions", "retention", "legal-hold", "torrent", "restore", "select", "attributes", "requestPayment", "analytics", "inventory", "metrics", "intelligent-tiering"];

    private static readonly string[] RefusedHeaders =
        ["x-amz-server-side-encryption", "x-amz-server-side-encryption-customer-algorithm", "x-amz-object-lock-mode", "x-amz-object-lock-legal-hold", "x-amz-copy-source-server-side-encryption-customer-algorithm"];

    /// <summary>The document that answers a question about a bucket's settings; null when the request is about something else.</summary>
    /// <exception cref="S3Exception">The request asks for something this store does not have.</exception>
    internal static XElement? Answer(S3Request request)
    {
        if (RefusedHeaders.FirstOrDefault(h => request.Header(h) is not null) is { } header)
            throw S3Exception.NotImplemented($"what the header {header} asks for");
        if (request.Value("versionId") is not (null or "null"))
            throw S3Exception.NotImplemented("versions of objects");
        var isQuestion = request.Method == "GET" && request.Key.Length == 0;
        foreach (var (name, _) in request.Query)
        {
            if (isQuestion && Unset.TryGetValue(name, out var code))
                throw new S3Exception(StatusCodes.Status404NotFound, code, $"The bucket '{request.Bucket}' has no {name}: this store does not offer it.");
            if (isQuestion && Empty.TryGetValue(name, out var document))
                return new XElement(S3Xml.Namespace + document);
            if (Refused.Contains(name) || Unset.ContainsKey(name) || Empty.ContainsKey(name))
                throw S3Exception.NotImplemented($"the sub-resource '{name}'");
        }

        return null;
    }
}
