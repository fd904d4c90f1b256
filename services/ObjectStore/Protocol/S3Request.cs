using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Maskwright.ObjectStore;

/// <summary>What a request is about, read from the URL as it was sent: the server's tidied path would fold keys together.</summary>
internal sealed class S3Request
{
    private const int MaxKeyBytes = 1024;

    private S3Request(HttpContext context, string bucket, string key, string decodedPath, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        Context = context;
        Bucket = bucket;
        Key = key;
        DecodedPath = decodedPath;
        Query = query;
    }

    internal HttpContext Context { get; }

    /// <summary>The bucket, or empty for the service itself.</summary>
    internal string Bucket { get; }

    /// <summary>The object's key, or empty for the bucket itself.</summary>
    internal string Key { get; }

    internal string DecodedPath { get; }

    /// <summary>The query, decoded, in the order it was sent.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Query { get; }

    internal string Method => Context.Request.Method;

    internal CancellationToken Aborted => Context.RequestAborted;

    /// <summary>Reads what a request is about.</summary>
    /// <exception cref="S3Exception">The URL is malformed or the key too long.</exception>
    internal static S3Request Parse(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        if (target is not ['/', ..] && authority > 0)
        {
            var start = target.IndexOf('/', authority + 3);
            target = start < 0 ? "/" : target[start..];
        }

        var question = target.IndexOf('?', StringComparison.Ordinal);
        var path = PercentEncoding.Decode(question < 0 ? target : target.AsSpan(0, question), plusIsSpace: false);
        if (path is not ['/', ..])
            throw new S3Exception(StatusCodes.Status400BadRequest, "InvalidURI", "The path must begin with '/'.");
        var slash = path.IndexOf('/', 1);
        var bucket = slash < 0 ? path[1..] : path[1..slash];
        var key = slash < 0 ? "" : path[(slash + 1)..];
        CheckKey(key);
        return new S3Request(context, bucket, key, path, PercentEncoding.ParseQuery(question < 0 ? "" : target.AsSpan(question + 1)));
    }

    /// <summary>Refuses a key that is too long.</summary>
    /// <exception cref="S3Exception">It is.</exception>
    internal static void CheckKey(string key)
    {
        if (Encoding.UTF8.GetByteCount(key) > MaxKeyBytes)
            throw new S3Exception(StatusCodes.Status400BadRequest, "KeyTooLongError", $"A key may have at most {MaxKeyBytes} bytes of UTF-8.");
    }

    /// <summary>True when the query has this name, with or without a value.</summary>
    internal bool Has(string name) => Query.Any(p => p.Key == name);

    /// <summary>The value of a name in the query, or null.</summary>
    internal string? Value(string name) => Query.FirstOrDefault(p => p.Key == name).Value;

    /// <summary>The value of a header, or null when it is absent or empty.</summary>
    internal string? Header(string name) =>
        Context.Request.Headers.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A whole number of the query, kept within bounds.</summary>
    /// <exception cref="S3Exception">It is not a number or below the minimum.</exception>
    internal int Number(string name, int minimum, int maximum, int absent)
    {
        if (Value(name) is not { Length: > 0 } text)
            return absent;
        if (!int.TryParse(text, out var number) || number < minimum)
            throw S3Exception.InvalidArgument($"'{name}' must be a whole number of at least {minimum}, not '{text}'.");
        return Math.Min(number, maximum);
    }
}
