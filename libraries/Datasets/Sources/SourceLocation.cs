namespace Maskwright.Datasets;

/// <summary>Where files are.</summary>
/// <param name="Uri">Full path of a folder, a <c>.zip</c> or a file; an http(s) URL of a <c>.zip</c> or a file; <c>s3://BUCKET/PREFIX</c>.</param>
/// <param name="Sha256">SHA-256 of the file behind a URL, hexadecimal; null = not checked.</param>
public sealed record SourceLocation(string Uri, string? Sha256 = null)
{
    internal const string StorageScheme = "s3://";

    /// <summary>Whether it is behind a URL.</summary>
    public bool IsUrl => Uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || Uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is in object storage.</summary>
    public bool IsStored => Uri.StartsWith(StorageScheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks its form, not whether anything is there.</summary>
    /// <exception cref="DatasetException">It is no location (<see cref="DatasetFailure.InvalidOptions"/>).</exception>
    public void Validate()
    {
        var problem = IsUrl ? System.Uri.TryCreate(Uri, UriKind.Absolute, out _) ? null : "is no URL"
            : IsStored ? Uri[StorageScheme.Length..].IndexOf('/') is 0 || Uri.Length == StorageScheme.Length ? "names no bucket; expected is s3://BUCKET/PREFIX" : null
            : Uri.Contains("://", StringComparison.Ordinal) ? "is of a kind that is not read; expected is a path, an http(s) URL or s3://BUCKET/PREFIX"
            : Path.IsPathFullyQualified(Uri) ? null
            : "is not a full path";
        if (problem is null && Sha256 is not null)
            problem = !IsUrl ? "has a SHA-256, which only URLs have"
                : Sha256.Length == 64 && Sha256.All(char.IsAsciiHexDigit) ? null
                : "has a SHA-256 that is not 64 hexadecimal digits";
        if (problem is not null)
            throw new DatasetException(DatasetFailure.InvalidOptions, $"The location '{Uri}' {problem}.");
    }
}
