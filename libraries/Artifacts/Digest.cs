using System.Security.Cryptography;

namespace Maskwright.Artifacts;

/// <summary>The digest that names content everywhere: SHA-256 in lower-case hex, 64 characters.</summary>
public static class Digest
{
    /// <summary>The digest of bytes in memory.</summary>
    /// <param name="bytes">The content.</param>
    public static string OfBytes(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The digest of a stream from its current position to its end, in constant memory.</summary>
    /// <param name="content">The content; left open at its end.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<string> OfStreamAsync(Stream content, CancellationToken cancellationToken = default) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));

    /// <summary>The digest of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<string> OfFileAsync(string path, CancellationToken cancellationToken = default)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        return await OfStreamAsync(file, cancellationToken);
    }
}
