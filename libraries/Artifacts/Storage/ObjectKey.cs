using System.Text;

namespace Maskwright.Artifacts;

/// <summary>The keys this library accepts: those that every S3 server and the client keep apart.</summary>
internal static class ObjectKey
{
    private const int MaxBytes = 1024;

    /// <summary>Refuses a key that a URL would change on its way (<c>.</c>, <c>..</c> and empty segments) or S3 does not allow.</summary>
    /// <exception cref="ArgumentException">The key is not usable; the message says why.</exception>
    internal static void Check(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (Encoding.UTF8.GetByteCount(key) > MaxBytes)
            throw new ArgumentException($"The object key '{key[..64]}…' is longer than {MaxBytes} bytes of UTF-8, the limit of S3.", nameof(key));
        if (key.Any(char.IsControl))
            throw new ArgumentException($"The object key '{Printable(key)}' holds a control character.", nameof(key));

        foreach (var segment in key.Split('/'))
        {
            if (segment is "" or "." or "..")
                throw new ArgumentException($"The object key '{key}' has an empty, '.' or '..' segment, which URLs would fold into another key. Use plain segments such as datasets/a/manifest.json.", nameof(key));
        }
    }

    private static string Printable(string key) =>
        string.Concat(key.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()));
}
