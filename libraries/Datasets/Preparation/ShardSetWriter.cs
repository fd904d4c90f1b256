using System.Diagnostics;
using System.Globalization;
using Maskwright.Artifacts;

namespace Maskwright.Datasets;

/// <summary>
/// Writes the shards of one split: each grows in a temporary file and is uploaded when it has reached its size, while the
/// next one grows. At most one is waiting, so that there are never more than two files.
/// </summary>
/// <param name="storage">Where to.</param>
/// <param name="prefix">What the keys of the shards begin with.</param>
/// <param name="temporary">A folder of its own.</param>
/// <param name="targetBytes">Size at which a shard is closed.</param>
/// <param name="uploaded">Gets the keys of all objects, before they are written.</param>
/// <param name="turn">Held by the one upload of all splits that goes on: memory stays bounded.</param>
internal sealed class ShardSetWriter(
    ObjectStorage storage, string prefix, string temporary, long targetBytes, ICollection<string> uploaded, SemaphoreSlim turn) : IAsyncDisposable
{
    private static readonly ActivitySource Activities = new("Maskwright.Datasets");

    private readonly List<ShardManifest> _shards = [];
    private readonly CancellationTokenSource _abandoned = new();
    private Task<ShardManifest>? _upload;
    private FileStream? _file;
    private ShardWriter? _shard;
    private int _begun;

    public async Task AddAsync(RasterisedSample sample, CancellationToken cancellationToken)
    {
        var files = sample.Files();
        if (_shard is { Count: > 0 } && _shard.Length + files.Sum(file => (long)file.Content.Length) > targetBytes)
            await CloseAsync(cancellationToken);
        if (_shard is null)
        {
            _file = new FileStream(Path.Combine(temporary, string.Create(CultureInfo.InvariantCulture, $"shard-{_begun}.tar")), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
                BufferSize = 1 << 20,
            });
            _shard = new ShardWriter(_file);
        }

        await _shard.AddAsync(sample.Image.Source.Key, sample.Classes, files, cancellationToken);
    }

    /// <summary>Begins the upload of what is left.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_shard is not null)
            await CloseAsync(cancellationToken);
    }

    /// <summary>All shards of the split, once the last of them is uploaded.</summary>
    public async Task<IReadOnlyList<ShardManifest>> CompleteAsync()
    {
        await TakeUploadAsync();
        return _shards;
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever fails does not wait for an upload of no use, but leaves only when it no longer touches anything.
        await _abandoned.CancelAsync();
        if (_upload is not null)
            await ((Task)_upload).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_shard is not null)
            await _shard.DisposeAsync();
        if (_file is not null)
            await _file.DisposeAsync();
        (_upload, _shard, _file) = (null, null, null);
        _abandoned.Dispose();
    }

    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        await TakeUploadAsync();
        var (shard, file) = (_shard!, _file!);
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}shard-{_begun++:D5}");
        var index = await shard.CompleteAsync(cancellationToken);
        await file.FlushAsync(cancellationToken);
        file.Position = 0;
        uploaded.Add($"{name}.tar");
        uploaded.Add($"{name}.index.json");
        (_shard, _file) = (null, null);
        _upload = UploadAsync(name, index, file, cancellationToken);
    }

    private async Task<ShardManifest> UploadAsync(string name, ShardIndex index, FileStream file, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _abandoned.Token);
        await using var uploading = file;
        await turn.WaitAsync(stop.Token);
        using var activity = Activities.StartActivity("upload shard");
        activity?.SetTag("maskwright.shard", name);
        try
        {
            var tar = await storage.PutAsync($"{name}.tar", file, index.Size, "application/x-tar", stop.Token);
            // What was read back is what was written.
            tar.VerifyDigest(index.Sha256);
            var entry = await storage.PutAsync($"{name}.index.json", index.ToJson(), "application/json", stop.Token);
            return new ShardManifest(tar, entry, index.Samples.Count);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task TakeUploadAsync()
    {
        if (_upload is null)
            return;
        _shards.Add(await _upload);
        _upload = null;
    }
}
