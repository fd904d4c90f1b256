namespace Maskwright.Segmentation;

/// <summary>Where a run's first weights come from: exactly one of a file, an object of the bucket, and a URL.</summary>
public sealed record InitialWeights
{
    /// <summary>Full path of a safetensors or PyTorch file on the trainer's machine.</summary>
    public string? File { get; init; }

    /// <summary>Key of such a file in the bucket, for instance <c>runs/{id}/best.safetensors</c>.</summary>
    public string? ObjectKey { get; init; }

    /// <summary>http or https address of such a file; <see cref="Sha256"/> must be given with it.</summary>
    public string? Url { get; init; }

    /// <summary>SHA-256 that the file must have, 64 hexadecimal digits.</summary>
    public string? Sha256 { get; init; }

    private IEnumerable<string> Sources => new[] { File, ObjectKey, Url }.OfType<string>().Where(source => source.Length > 0);

    /// <summary>The source as a person names it.</summary>
    public string Source() => Sources.FirstOrDefault() ?? string.Empty;

    /// <summary>What is wrong with it, or null.</summary>
    internal string? Problem()
    {
        if (Sources.Count() != 1)
        {
            return "InitialWeights names no source, or several; expected one of file, object_key and url.";
        }

        if (!string.IsNullOrEmpty(File) && !Path.IsPathFullyQualified(File))
        {
            return $"InitialWeights.file is '{File}'; expected a full path on the trainer's machine.";
        }

        if (!string.IsNullOrEmpty(Url))
        {
            if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) || uri.UserInfo.Length > 0)
            {
                return "InitialWeights.url is no address that can be used; expected http:// or https:// without a user.";
            }

            if (string.IsNullOrEmpty(Sha256))
            {
                return "InitialWeights.sha256 is missing; expected the SHA-256 of what the URL serves.";
            }
        }

        return string.IsNullOrEmpty(Sha256) || (Sha256.Length == 64 && Sha256.All(char.IsAsciiHexDigit))
            ? null
            : $"InitialWeights.sha256 is '{Sha256}'; expected 64 hexadecimal digits.";
    }
}
