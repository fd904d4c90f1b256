using System.Collections.Concurrent;
using System.Text;
using Maskwright.Artifacts;

namespace Maskwright.Datasets;

/// <summary>
/// Files behind URLs, fetched once into a folder each. What breaks off is taken up again, also by the next process; what
/// is there is used again as long as the server says that it is unchanged, or cannot be reached.
/// </summary>
/// <param name="time">Waits between attempts.</param>
/// <param name="root">The cache's folder; made when missing.</param>
internal sealed class DownloadCache(TimeProvider time, string root) : IDisposable
{
    // In a row, without a single byte in between.
    private const int FruitlessAttempts = 5;

    private readonly HttpClient _client = DownloadTransport.CreateClient();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new(StringComparer.Ordinal);

    /// <summary>Half of the time before a broken transfer is taken up; doubled with every attempt that brings nothing.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Fetches a file unless it is there.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="sha256">What its SHA-256 must be, hexadecimal; null = not checked.</param>
    /// <param name="progress">Told the bytes there are and the bytes of the whole; 0 when that is not known.</param>
    /// <param name="cancellationToken">Ends the fetching; what has come stays for the next time.</param>
    /// <returns>Path of the file in the cache.</returns>
    /// <exception cref="DatasetException">It cannot be had, or is not what was expected.</exception>
    public async Task<string> GetAsync(Uri url, string? sha256, Action<long, long> progress, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(root, Digest.OfBytes(Encoding.UTF8.GetBytes(url.AbsoluteUri))[..32]);
        var gate = _locks.GetOrAdd(folder, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            Directory.CreateDirectory(folder);
            await using var held = await LockAsync(folder, cancellationToken);
            var transfer = new Transfer(_client, time, url, folder);
            var found = await FetchAsync(transfer, progress, cancellationToken);
            await CheckAsync(transfer, found, sha256, cancellationToken);
            if (found.FullName != transfer.Whole)
                transfer.Keep();
            return transfer.Whole;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _client.Dispose();

    private async Task<FileInfo> FetchAsync(Transfer transfer, Action<long, long> progress, CancellationToken cancellationToken)
    {
        var (most, fruitless) = (0L, 0);
        while (true)
        {
            try
            {
                return await transfer.RunAsync(
                    (done, total) =>
                    {
                        fruitless = done > most ? 0 : fruitless;
                        most = Math.Max(most, done);
                        progress(done, total);
                    },
                    cancellationToken);
            }
            catch (TransferBrokenException) when (++fruitless < FruitlessAttempts)
            {
                await Task.Delay(FirstDelay * (1 << fruitless), time, cancellationToken);
            }
            catch (TransferBrokenException) when (File.Exists(transfer.Whole))
            {
                // The server is away; what was whole once is whole still.
                return new FileInfo(transfer.Whole);
            }
            catch (TransferBrokenException error)
            {
                throw new DatasetException(DatasetFailure.SourceNotFound, $"{error.Message}. It was tried {FruitlessAttempts} times; what has come is kept and taken up again next time.", error);
            }
        }
    }

    private static async Task CheckAsync(Transfer transfer, FileInfo file, string? sha256, CancellationToken cancellationToken)
    {
        if (sha256 is null)
            return;
        string found;
        await using (var content = new FileStream(file.FullName, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 }))
            found = await Digest.OfStreamAsync(content, cancellationToken);
        if (string.Equals(found, sha256, StringComparison.OrdinalIgnoreCase))
            return;
        transfer.Forget();
        throw new DatasetException(DatasetFailure.BadSource, $"{transfer.Name} has the SHA-256 {found}, expected was {sha256.ToLowerInvariant()}. The file was removed; correct the digest, or the URL.");
    }

    // Another process may share the cache.
    private async Task<FileStream> LockAsync(string folder, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, useAsync: true);
            }
            catch (IOException)
            {
                await Task.Delay(FirstDelay, time, cancellationToken);
            }
        }
    }
}
