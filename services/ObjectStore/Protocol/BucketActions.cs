using System.Text;
using System.Xml.Linq;

namespace Maskwright.ObjectStore;

/// <summary>What can be asked of the service and of a bucket.</summary>
/// <param name="buckets">The buckets.</param>
/// <param name="credentials">The owner's keys.</param>
internal sealed class BucketActions(BucketStore buckets, StoreCredentials credentials)
{
    private const int PageSize = 1000;
    private static readonly XNamespace Ns = S3Xml.Namespace;

    internal Task ListBucketsAsync(S3Request request) => WriteAsync(request, new XElement(Ns + "ListAllMyBucketsResult",
        Owner(),
        new XElement(Ns + "Buckets", buckets.List().Select(b => new XElement(Ns + "Bucket",
            new XElement(Ns + "Name", b.Name),
            new XElement(Ns + "CreationDate", S3Xml.Time(b.Created)))))));

    internal Task CreateAsync(S3Request request)
    {
        buckets.Create(request.Bucket);
        request.Context.Response.Headers.Location = "/" + request.Bucket;
        return Task.CompletedTask;
    }

    internal Task HeadAsync(S3Request request)
    {
        _ = buckets.FolderOf(request.Bucket);
        return Task.CompletedTask;
    }

    internal Task DeleteAsync(S3Request request)
    {
        buckets.Delete(request.Bucket);
        request.Context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    internal Task AclAsync(S3Request request)
    {
        if (request.Key.Length == 0)
            _ = buckets.FolderOf(request.Bucket);
        else
            buckets.Open(request.Bucket, request.Key).Dispose();
        XNamespace xsi = "http://www.w3.org/2001/XMLSchema-instance";
        var grantee = new XElement(Owner()) { Name = Ns + "Grantee" };
        grantee.Add(new XAttribute(XNamespace.Xmlns + "xsi", xsi), new XAttribute(xsi + "type", "CanonicalUser"));
        return WriteAsync(request, new XElement(Ns + "AccessControlPolicy",
            Owner(),
            new XElement(Ns + "AccessControlList", new XElement(Ns + "Grant", grantee, new XElement(Ns + "Permission", "FULL_CONTROL")))));
    }

    /// <summary>Answers about a setting of the bucket.</summary>
    internal Task SettingAsync(S3Request request, XElement document)
    {
        _ = buckets.FolderOf(request.Bucket);
        return WriteAsync(request, document);
    }

    internal Task ListV2Async(S3Request request)
    {
        var token = request.Value("continuation-token");
        var after = request.Value("start-after") ?? "";
        var start = token is { Length: > 0 } ? ReadToken(token) : after.Length > 0 ? new ListPosition(after, IsPrefix: false) : null;
        var maximum = request.Number("max-keys", 0, PageSize, PageSize);
        var page = Read(request, start, maximum);
        var name = Encoder(request);
        var root = Result(request, page, maximum, name, withOwner: request.Value("fetch-owner") == "true");
        root.Add(new XElement(Ns + "KeyCount", page.Objects.Count + page.CommonPrefixes.Count));
        if (after.Length > 0)
            root.Add(new XElement(Ns + "StartAfter", name(after)));
        if (token is not null)
            root.Add(new XElement(Ns + "ContinuationToken", token));
        if (page.Next is { } next)
            root.Add(new XElement(Ns + "NextContinuationToken", WriteToken(next)));
        return WriteAsync(request, root);
    }

    internal Task ListV1Async(S3Request request)
    {
        var marker = request.Value("marker") ?? "";
        var delimiter = request.Value("delimiter") ?? "";
        // A marker that is a common prefix was the last thing told of by the page before.
        var start = marker.Length == 0 ? null : new ListPosition(marker, delimiter.Length > 0 && marker.EndsWith(delimiter, StringComparison.Ordinal));
        var maximum = request.Number("max-keys", 0, PageSize, PageSize);
        var page = Read(request, start, maximum);
        var name = Encoder(request);
        var root = Result(request, page, maximum, name, withOwner: true);
        root.Add(new XElement(Ns + "Marker", name(marker)));
        if (page.Next is { } next)
            root.Add(new XElement(Ns + "NextMarker", name(next.After)));
        return WriteAsync(request, root);
    }

    private ListPage Read(S3Request request, ListPosition? start, int maximum) =>
        buckets.Page(request.Bucket, new ListQuery(request.Value("prefix") ?? "", request.Value("delimiter") ?? "", start, maximum), request.Aborted);

    private XElement Result(S3Request request, ListPage page, int maximum, Func<string, string> name, bool withOwner)
    {
        var root = new XElement(Ns + "ListBucketResult",
            new XElement(Ns + "Name", request.Bucket),
            new XElement(Ns + "Prefix", name(request.Value("prefix") ?? "")),
            new XElement(Ns + "MaxKeys", maximum),
            new XElement(Ns + "IsTruncated", page.Next is not null));
        if (request.Value("delimiter") is { Length: > 0 } delimiter)
            root.Add(new XElement(Ns + "Delimiter", name(delimiter)));
        if (request.Value("encoding-type") is { Length: > 0 } encoding)
            root.Add(new XElement(Ns + "EncodingType", encoding));
        root.Add(page.Objects.Select(o => new XElement(Ns + "Contents",
            new XElement(Ns + "Key", name(o.Key)),
            new XElement(Ns + "LastModified", S3Xml.Time(o.LastModified)),
            new XElement(Ns + "ETag", $"\"{o.ETag}\""),
            new XElement(Ns + "Size", o.Size),
            new XElement(Ns + "StorageClass", "STANDARD"),
            withOwner ? Owner() : null)));
        root.Add(page.CommonPrefixes.Select(p => new XElement(Ns + "CommonPrefixes", new XElement(Ns + "Prefix", name(p)))));
        return root;
    }

    private XElement Owner() => new(Ns + "Owner", new XElement(Ns + "ID", credentials.AccessKey), new XElement(Ns + "DisplayName", credentials.AccessKey));

    private static Func<string, string> Encoder(S3Request request) => request.Value("encoding-type") switch
    {
        null or "" => text => text,
        "url" => text => PercentEncoding.Encode(text, slash: false),
        var other => throw S3Exception.InvalidArgument($"encoding-type must be 'url', not '{other}'."),
    };

    private static string WriteToken(ListPosition position) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes((position.IsPrefix ? "p" : "k") + position.After));

    private static ListPosition ReadToken(string token)
    {
        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length) || length == 0 || bytes[0] is not ((byte)'p' or (byte)'k'))
            throw S3Exception.InvalidArgument("The continuation token is not one of this store's.");
        return new ListPosition(Encoding.UTF8.GetString(bytes, 1, length - 1), bytes[0] == 'p');
    }

    private static Task WriteAsync(S3Request request, XElement root) => S3Xml.WriteAsync(request.Context.Response, root, request.Aborted);
}
