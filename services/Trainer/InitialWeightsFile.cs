using Maskwright.Artifacts;
using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>Reads the weights that a run begins with, wherever they are.</summary>
internal sealed class InitialWeightsFile(ObjectStorage storage)
{
    /// <summary>Largest file that is read, in bytes: four times DeepLabV3 over ResNet101.</summary>
    public const long MaxBytes = 1L << 30;

    private static readonly TimeSpan DownloadTime = TimeSpan.FromMinutes(30);

    /// <summary>Opens a file or an object for reading.</summary>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    /// <exception cref="StorageException">The object is not there, or storage fails.</exception>
    public async Task<Stream> OpenAsync(InitialWeights source, CancellationToken cancellationToken) => source switch
    {
        { File: { Length: > 0 } path } => File.OpenRead(path),
        { ObjectKey: { Length: > 0 } key } => await storage.OpenReadAsync(key, cancellationToken),
        _ => throw new ArgumentException("A URL is downloaded, not opened.", nameof(source)),
    };

    /// <summary>Reads all of it, checks its digest, and that its classes, where it names any, are the dataset's.</summary>
    /// <returns>The weights, and the SHA-256 of the file.</returns>
    /// <exception cref="WeightsFormatException">It is too large, has another digest, is damaged, or was trained for other classes.</exception>
    /// <exception cref="HttpRequestException">The URL does not give it.</exception>
    public async Task<(NamedWeights Weights, string Sha256)> ReadAsync(
        InitialWeights source, IReadOnlyList<string> classes, CancellationToken cancellationToken)
    {
        string name = source.Source();
        byte[] file = source.Url is { Length: > 0 } url
            ? await DownloadAsync(url, cancellationToken)
            : await ReadAsync(await OpenAsync(source, cancellationToken), name, cancellationToken);
        string digest = Digest.OfBytes(file);
        if (source.Sha256 is { Length: > 0 } expected && !digest.Equals(expected, StringComparison.OrdinalIgnoreCase))
            throw new WeightsFormatException($"{name} has SHA-256 {digest}; expected {expected}. It was changed, or initial_weights.sha256 is another file's.");
        if (await SafeTensorsFile.ReadMetadataAsync(new MemoryStream(file, writable: false), name, cancellationToken) is { } metadata)
            ModelDescription.RequireClasses(metadata, classes, name);
        return (new NamedWeights(name, WeightTransfer.Read(file, name)), digest);
    }

    private static async Task<byte[]> DownloadAsync(string url, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = DownloadTime };
        using var response = await client.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await ReadAsync(await response.Content.ReadAsStreamAsync(cancellationToken), url, cancellationToken);
    }

    private static async Task<byte[]> ReadAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        await using (stream)
        {
            using var buffer = new MemoryStream();
            var part = new byte[1 << 20];
            for (int read; (read = await stream.ReadAsync(part, cancellationToken)) > 0;)
            {
                if (buffer.Length + read > MaxBytes)
                    throw new WeightsFormatException($"{name} is larger than {MaxBytes:N0} bytes; no network here has as many weights.");
                buffer.Write(part, 0, read);
            }

            return buffer.ToArray();
        }
    }
}
