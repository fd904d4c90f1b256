using System.Diagnostics;
using System.Globalization;
using Maskwright.Artifacts;

namespace Maskwright.Datasets;

/// <summary>
/// Writes the shards of one split: each is sent while it grows, and while it is completed the next one grows. None ever
/// lies in a file.
/// </summary>
/// <param name="storage">Where to.</param>
/// <param name="prefix">What the keys of the shards begin with.</param>
/// <param name="targetBytes">Size at which a shard is closed.</param>
/// <param name="uploaded">Gets the keys of all objects, before they are written.</param>
/// <param name="places">One is held by each shard of all splits that is not stored yet: memory stays bounded.</param>
internal sealed class ShardSetWriter(
    ObjectStorage storage, string prefix, long targetBytes, ICollection<string> uploaded, SemaphoreSlim places) : IAsyncDisposable
{
    private static readonly ActivitySource Activities = new("Maskwright.Datasets");

    private readonly List<ShardManifest> _shards = [];
    private readonly CancellationTokenSource _abandoned = new();
    private Task<ShardManifest>? _completion;
    private UploadStream? _object;
    private ShardWriter? _shard;
    private int _begun;

    public async Task AddAsync(RasterisedSample sample, CancellationToken cancellationToken)
    {
        var files = sample.Files();
        if (_shard is { Count: > 0 } && _shard.Length + files.Sum(file => (long)file.Content.Length) > targetBytes)
            await CloseAsync(cancellationToken);
        if (_shard is null)
            await BeginAsync(cancellationToken);
        await _shard!.AddAsync(sample.Image.Source.Key, sample.Classes, files, cancellationToken);
    }

    /// <summary>Begins to complete what is left.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_shard is not null)
            await CloseAsync(cancellationToken);
    }

    /// <summary>All shards of the split, once the last of them is stored.</summary>
    public async Task<IReadOnlyList<ShardManifest>> CompleteAsync()
    {
        await TakeCompletionAsync();
        return _shards;
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever fails does not wait for an upload of no use, but leaves only when it no longer touches anything.
        await _abandoned.CancelAsync();
        if (_completion is not null)
            await ((Task)_completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_object is not null)
            await _object.DisposeAsync();
        _abandoned.Dispose();
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        var name = NameOf(_begun++);
        uploaded.Add($"{name}.tar");
        uploaded.Add($"{name}.index.json");
        _object = storage.OpenWrite($"{name}.tar", "application/x-tar");
        _shard = new ShardWriter(_object);
    }

    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        await TakeCompletionAsync();
        var index = await _shard!.CompleteAsync(cancellationToken);
        _completion = StoreAsync(NameOf(_begun - 1), index, _object!, cancellationToken);
        (_shard, _object) = (null, null);
    }

    private async Task<ShardManifest> StoreAsync(string name, ShardIndex index, UploadStream tar, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _abandoned.Token);
        using var activity = Activities.StartActivity("upload shard");
        activity?.SetTag("maskwright.shard", name);
        try
        {
            await using (tar)
            {
                var entry = await tar.CompleteAsync(index.Sha256, stop.Token);
                return new ShardManifest(
                    entry, await index.PutAsync(storage, $"{name}.index.json", stop.Token), index.Samples.Count);
            }
        }
        finally
        {
            places.Release();
        }
    }

    private async Task TakeCompletionAsync()
    {
        if (_completion is null)
            return;
        _shards.Add(await _completion);
        _completion = null;
    }

    private string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}shard-{number:D5}");
}
