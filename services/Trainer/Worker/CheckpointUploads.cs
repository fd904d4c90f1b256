using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Maskwright.Artifacts;
using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>
/// Uploads each epoch's weights while the next epoch trains, and removes those of the epoch before: storage holds the last
/// whole checkpoint at any time.
/// </summary>
internal sealed class CheckpointUploads
{
    private static readonly ActivitySource Activities = new("Maskwright.Trainer");

    private readonly Channel<(int Epoch, string Path)> _due = Channel.CreateUnbounded<(int, string)>();
    private readonly ObjectStorage _storage;
    private readonly string _run;
    private readonly RunReporter _reporter;
    private readonly Task<ArtifactEntry?> _uploading;

    /// <summary>Starts with nothing to upload.</summary>
    public CheckpointUploads(ObjectStorage storage, string run, RunReporter reporter, CancellationToken cancellationToken)
    {
        (_storage, _run, _reporter) = (storage, run, reporter);
        _uploading = UploadAsync(cancellationToken);
    }

    /// <summary>Takes an epoch's weights and returns at once.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="path">Its weights; the file may change after this call.</param>
    /// <exception cref="StorageException">An upload before has failed.</exception>
    public void Add(int epoch, string path)
    {
        if (_uploading.Exception?.InnerException is { } failure)
            ExceptionDispatchInfo.Throw(failure);
        string copy = $"{path}.{epoch}";
        File.Copy(path, copy, overwrite: true);
        _due.Writer.TryWrite((epoch, copy));
    }

    /// <summary>Waits until everything is uploaded.</summary>
    /// <returns>The last checkpoint.</returns>
    /// <exception cref="StorageException">An upload has failed.</exception>
    public async Task<ArtifactEntry> CompleteAsync()
    {
        _due.Writer.Complete();
        return await _uploading ?? throw new InvalidOperationException("No epoch was uploaded.");
    }

    private async Task<ArtifactEntry?> UploadAsync(CancellationToken cancellationToken)
    {
        ArtifactEntry? last = null;
        await foreach (var (epoch, path) in _due.Reader.ReadAllAsync(cancellationToken))
        {
            using var activity = Activities.StartActivity("checkpoint");
            activity?.SetTag("maskwright.epoch", epoch);
            var entry = await _storage.PutFileAsync(RunKeys.Checkpoint(_run, epoch), path, "application/octet-stream", cancellationToken);
            _reporter.Say($"checkpoint of epoch {epoch} is in storage");
            File.Delete(path);
            if (last is not null)
                await _storage.DeleteAsync(last.Key, cancellationToken);
            last = entry;
        }

        return last;
    }
}
