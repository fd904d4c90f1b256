using System.IO.Compression;

namespace Maskwright.MetricsCollector;

/// <summary>
/// The pictures of a run in its zip: <c>images/000000</c> and on, numbered as their keys are first named in
/// <c>images.jsonl</c>. A number is missing where storage had no PNG or JPEG of that key.
/// </summary>
internal sealed class ArchivedImages
{
    /// <summary>Bytes of a picture at most.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int MaxImages = 1_000_000;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    private static ReadOnlySpan<byte> Png => [0x89, 0x50, 0x4E, 0x47];

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    /// <summary>The keys that a reference names for the first time, each with the name of its entry.</summary>
    /// <exception cref="InvalidDataException">There are too many.</exception>
    public IEnumerable<(string Key, string Entry)> NewOf(params IEnumerable<string> keys)
    {
        foreach (var key in keys.Where(key => key.Length > 0))
        {
            if (!_numbers.TryAdd(key, _numbers.Count))
                continue;
            if (_numbers.Count > MaxImages)
                throw new InvalidDataException($"It has more than {MaxImages} pictures.");
            yield return (key, $"images/{_numbers[key]:000000}");
        }
    }

    /// <summary>The media type of a picture; null for anything else.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(Png) ? "image/png"
        : bytes.StartsWith(Jpeg) ? "image/jpeg"
        : null;

    /// <summary>Reads a picture out of a zip; null when it is not there.</summary>
    /// <exception cref="InvalidDataException">It is too large, or no picture.</exception>
    public static async Task<(byte[] Bytes, string Type)?> ReadAsync(ZipArchive zip, string name, CancellationToken cancellationToken)
    {
        if (zip.GetEntry(name) is not { } entry)
            return null;
        if (entry.Length > MaxBytes)
            throw new InvalidDataException($"Its {name} has {entry.Length} bytes; a picture has at most {MaxBytes}.");
        var bytes = new byte[entry.Length];
        await using (var stream = await entry.OpenAsync(cancellationToken))
        {
            // What the zip says of the length is not trusted: a longer one is cut off and a shorter one refused.
            if (await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken) < bytes.Length)
                throw new InvalidDataException($"Its {name} ends too soon.");
        }

        return TypeOf(bytes) is { } type ? (bytes, type) : throw new InvalidDataException($"Its {name} is no PNG or JPEG.");
    }
}
