using System.Globalization;
using Maskwright.Artifacts;

namespace Maskwright.Datasets;

/// <summary>
/// Writes the shards of one split: each grows in a temporary file, is uploaded when it has reached its size, and its
/// file removed.
/// </summary>
internal sealed class ShardSetWriter(ObjectStorage storage, string prefix, string temporary, long targetBytes, ICollection<string> uploaded) : IAsyncDisposable
{
    private readonly List<ShardManifest> _shards = [];
    private FileStream? _file;
    private ShardWriter? _shard;

    public async Task AddAsync(RasterisedSample sample, CancellationToken cancellationToken)
    {
        var files = sample.Files();
        if (_shard is { Count: > 0 } && _shard.Length + files.Sum(file => (long)file.Content.Length) > targetBytes)
            await CloseAsync(cancellationToken);
        if (_shard is null)
        {
            _file = new FileStream(Path.Combine(temporary, "shard.tar"), new FileStreamOptions
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

    /// <summary>Uploads what is left and gives all shards of the split.</summary>
    public async Task<IReadOnlyList<ShardManifest>> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_shard is not null)
            await CloseAsync(cancellationToken);
        return _shards;
    }

    public async ValueTask DisposeAsync()
    {
        if (_shard is not null)
            await _shard.DisposeAsync();
        if (_file is not null)
            await _file.DisposeAsync();
        (_shard, _file) = (null, null);
    }

    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}shard-{_shards.Count:D5}");
        var index = await _shard!.CompleteAsync(cancellationToken);
        await _file!.FlushAsync(cancellationToken);
        _file.Position = 0;
        var tar = new ArtifactEntry($"{name}.tar", index.Size, index.Sha256);
        uploaded.Add(tar.Key);
        await storage.PutAsync(tar.Key, _file, tar.Size, "application/x-tar", cancellationToken);
        await DisposeAsync();

        uploaded.Add($"{name}.index.json");
        var entry = await storage.PutAsync($"{name}.index.json", index.ToJson(), "application/json", cancellationToken);
        _shards.Add(new ShardManifest(tar, entry, index.Samples.Count));
    }
}
