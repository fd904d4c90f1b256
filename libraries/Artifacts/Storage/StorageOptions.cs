using System.Data.Common;

namespace Maskwright.Artifacts;

/// <summary>Where the object storage is and how to sign in. Any S3 server with path-style buckets will do.</summary>
public sealed record StorageOptions
{
    /// <summary>The bucket used when none is named.</summary>
    public const string DefaultBucket = "maskwright";

    private const string Example = "Endpoint=http://127.0.0.1:9000;AccessKey=…;SecretKey=…;Bucket=maskwright";
    private static readonly string[] Settings = ["Endpoint", "AccessKey", "SecretKey", "Bucket", "Region"];

    /// <summary>Root of the S3 endpoint: <c>http</c> or <c>https</c>, host and port, no path.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The access key (the public half of the credentials).</summary>
    public required string AccessKey { get; init; }

    /// <summary>The secret key. Never shown by <see cref="ToString"/> nor by any exception of this library.</summary>
    public required string SecretKey { get; init; }

    /// <summary>The bucket every key lives in.</summary>
    public string Bucket { get; init; } = DefaultBucket;

    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Reads a connection string such as <c>Endpoint=http://127.0.0.1:9000;AccessKey=…;SecretKey=…;Bucket=maskwright</c>.</summary>
    /// <param name="connectionString">Names and values; <c>Bucket</c> and <c>Region</c> may be left out, and names are not case-sensitive.</param>
    /// <returns>The options, checked.</returns>
    /// <exception cref="FormatException">A setting is missing, unknown or malformed; the message names it, and never shows a secret.</exception>
    public static StorageOptions Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var values = TryRead(connectionString)
            ?? throw new FormatException($"The storage connection string is not a list of name=value pairs. Expected: {Example}");
        foreach (string name in values.Keys)
        {
            if (!Settings.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw new FormatException($"The storage connection string has an unknown setting '{name}'. Known: {string.Join(", ", Settings)}.");
        }

        var endpoint = Required(values, "Endpoint");
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0)
        {
            throw new FormatException($"The storage endpoint '{Redact(endpoint)}' is not an http(s) address without a path. Expected, for example, http://127.0.0.1:9000.");
        }

        var bucket = Optional(values, "Bucket") ?? DefaultBucket;
        if (!IsBucketName(bucket))
            throw new FormatException($"The bucket name '{bucket}' is not valid: 3 to 63 lower-case letters, digits, dots and hyphens, starting and ending with a letter or digit.");

        var options = new StorageOptions
        {
            Endpoint = uri,
            AccessKey = Required(values, "AccessKey"),
            SecretKey = Required(values, "SecretKey"),
            Bucket = bucket,
        };
        return Optional(values, "Region") is { } region ? options with { Region = region } : options;
    }

    /// <summary>Endpoint, access key, bucket and region; never the secret.</summary>
    public override string ToString() => $"Endpoint={Endpoint};AccessKey={AccessKey};Bucket={Bucket};Region={Region}";

    private static DbConnectionStringBuilder? TryRead(string connectionString)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = connectionString };
        }
        catch (ArgumentException)
        {
            // Its message quotes the text it met, which may be the secret: it goes no further.
            return null;
        }
    }

    private static string Required(DbConnectionStringBuilder values, string name) =>
        Optional(values, name)
        ?? throw new FormatException($"The storage connection string has no {name}. Expected: {Example}");

    private static string? Optional(DbConnectionStringBuilder values, string name) =>
        values.TryGetValue(name, out var value) && value is string text && text.Trim().Length > 0 ? text.Trim() : null;

    // http://user:password@host: the password must not come back in a message.
    private static string Redact(string endpoint)
    {
        var at = endpoint.LastIndexOf('@');
        return at < 0 ? endpoint : $"…@{endpoint[(at + 1)..]}";
    }

    private static bool IsBucketName(string name) =>
        name.Length is >= 3 and <= 63
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
        && !name.Contains("..", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-');
}
