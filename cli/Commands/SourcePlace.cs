using Maskwright.Dataset.V1;

namespace Maskwright.Cli;

/// <summary>Where files are, as it is typed: a path, a URL with or without <c>#sha256=HEX</c>, or <c>s3://BUCKET/PREFIX</c>.</summary>
internal static class SourcePlace
{
    private const string Digest = "#sha256=";

    /// <summary>Whether it is a path, and not one of a zip.</summary>
    public static bool IsFolder(string typed) => IsPath(typed) && !typed.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>The place as the contract has it, a relative path made absolute.</summary>
    public static Location Parse(CommandCall call, string typed)
    {
        if (IsPath(typed))
            return new Location { Uri = call.Terminal.AbsolutePath(typed) };
        var at = typed.IndexOf(Digest, StringComparison.Ordinal);
        return at < 0 ? new Location { Uri = typed } : new Location { Uri = typed[..at], Sha256 = typed[(at + Digest.Length)..] };
    }

    private static bool IsPath(string typed) => !typed.Contains("://", StringComparison.Ordinal);
}
