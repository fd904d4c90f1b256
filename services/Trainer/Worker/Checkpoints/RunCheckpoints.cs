using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Maskwright.Artifacts;
using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>
/// Keeps the checkpoints of a run: written to this machine's disk between two steps, uploaded while the next ones are trained,
/// one at a time. One that falls due meanwhile is made when the one before is stored, so that slow storage neither stalls
/// training nor fills the disk. When a checkpoint cannot be stored, training pauses until it can, or until patience ends.
/// </summary>
internal sealed class RunCheckpoints : IDisposable
{
    private static readonly ActivitySource Activities = new("Maskwright.Trainer");
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(30);

    private readonly CheckpointStore _store;
    private readonly WorkerOrder _order;
    private readonly string? _initialWeightsSha256;
    private readonly string _folder;
    private readonly EventWriter _events;
    private readonly RunReporter _reporter;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private readonly Channel<LocalCheckpoint> _pending = Channel.CreateUnbounded<LocalCheckpoint>();
    private readonly ManualResetEventSlim _goesOn = new(initialState: true);
    private readonly Task _uploading;
    private volatile bool _isUploading;
    private volatile ExceptionDispatchInfo? _failure;
    private long _lastWritten;
    private (int Epoch, int Batches) _lastPlace;
    private bool _isOwed;
    private int _written;

    /// <summary>Begins with none.</summary>
    /// <param name="store">Where they go.</param>
    /// <param name="order">The run.</param>
    /// <param name="initialWeightsSha256">SHA-256 of its initial weights; null when they were drawn.</param>
    /// <param name="folder">Where they are written first.</param>
    /// <param name="events">Tells the service what happens.</param>
    /// <param name="reporter">Tells the collector.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends patience: the run is cancelled.</param>
    public RunCheckpoints(
        CheckpointStore store, WorkerOrder order, string? initialWeightsSha256, string folder, EventWriter events, RunReporter reporter, TimeProvider time, CancellationToken stop)
    {
        (_store, _order, _initialWeightsSha256, _folder, _events, _reporter, _time, _stop) = (store, order, initialWeightsSha256, folder, events, reporter, time, stop);
        _lastWritten = time.GetTimestamp();
        _uploading = Task.Run(UploadAsync, CancellationToken.None);
    }

    /// <summary>Keeps a checkpoint when one is due; see <see cref="TrainingLoop.BetweenSteps"/>.</summary>
    /// <exception cref="StorageException">Checkpoints cannot be stored and patience has ended.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled while it paused.</exception>
    public void Between(SnapshotMoment moment, TrainingSnapshot snapshot)
    {
        if (moment != SnapshotMoment.Last)
        {
            _goesOn.Wait(_stop);
            _failure?.Throw();
            _isOwed |= moment == SnapshotMoment.Epoch || IsTime();
            if (!_isOwed || _isUploading)
                return;
        }

        var place = (snapshot.State.Epoch, snapshot.State.Batches);
        if (place == _lastPlace)
            return;
        _isUploading = true;
        if (!_pending.Writer.TryWrite(Write(snapshot)))
            _failure?.Throw();
        (_lastPlace, _lastWritten, _isOwed) = (place, _time.GetTimestamp(), false);
    }

    /// <summary>Has the best weights written, and like a checkpoint tried again while this machine's disk is full; see <see cref="TrainingLoop.WritingBest"/>.</summary>
    /// <exception cref="StorageException">The disk takes nothing and patience has ended, or the run was cancelled meanwhile.</exception>
    public void WriteBest(Action write) => Persist("the best weights", () =>
    {
        write();
        return true;
    });

    /// <summary>Waits until the last one is stored.</summary>
    /// <returns>The checkpoints that are there, the newest last.</returns>
    /// <exception cref="StorageException">It could not be stored.</exception>
    public async Task<IReadOnlyList<CheckpointManifest>> CompleteAsync()
    {
        _pending.Writer.TryComplete();
        await _uploading;
        return _store.Last;
    }

    public void Dispose() => _goesOn.Dispose();

    private bool IsTime() =>
        _order.Options.CheckpointMinutes > 0 && _time.GetElapsedTime(_lastWritten).TotalMinutes >= _order.Options.CheckpointMinutes;

    private LocalCheckpoint Write(TrainingSnapshot snapshot)
    {
        bool isBestStored = _store.Last is [.., var last] && last.State.BestEpoch == snapshot.State.BestEpoch;
        return Persist(
            $"the checkpoint of step {snapshot.Step}",
            () => LocalCheckpoint.Write(snapshot, Path.Combine(_folder, $"checkpoint-{++_written}"), withBest: !isBestStored));
    }

    // On the training thread, which pauses meanwhile.
    private T Persist<T>(string what, Func<T> write)
    {
        var since = _time.GetTimestamp();
        for (var wait = FirstRetry; ; wait = Longer(wait))
        {
            try
            {
                var written = write();
                if (wait > FirstRetry)
                    Tell($"{what} could be written; training goes on");
                return written;
            }
            catch (IOException exception)
            {
                if (wait == FirstRetry)
                    SayPause(what, exception.Message);
                if (_stop.IsCancellationRequested || _time.GetElapsedTime(since) >= _order.StoragePatience)
                    throw Lost(StorageFailure.Full, $"The folder of temporary files {_folder} does not take {what}: {exception.Message}", exception);
                _stop.WaitHandle.WaitOne(wait);
            }
        }
    }

    private async Task UploadAsync()
    {
        try
        {
            await foreach (var local in _pending.Reader.ReadAllAsync(CancellationToken.None))
            {
                using (local)
                    await StoreAsync(local);
                _isUploading = false;
            }
        }
        catch (Exception exception)
        {
            // Told to the training thread, which may be waiting, and to whoever completes.
            _failure = ExceptionDispatchInfo.Capture(exception);
            _pending.Writer.TryComplete();
            _goesOn.Set();
            throw;
        }
    }

    private async Task StoreAsync(LocalCheckpoint local)
    {
        var since = _time.GetTimestamp();
        for (var wait = FirstRetry; ; wait = Longer(wait))
        {
            try
            {
                using var activity = Activities.StartActivity("checkpoint");
                activity?.SetTag("maskwright.step", local.Step);
                var manifest = await _store.PutAsync(local, _initialWeightsSha256, CancellationToken.None);
                _events.Write(WorkerCheckpoint.Of(manifest));
                _reporter.Say($"checkpoint of step {manifest.Step} is in storage");
                if (!_goesOn.IsSet)
                    Tell($"the checkpoint of step {local.Step} is stored; training goes on");
                _goesOn.Set();
                return;
            }
            catch (StorageException exception)
            {
                if (_stop.IsCancellationRequested || _time.GetElapsedTime(since) >= _order.StoragePatience)
                    throw Lost(exception.Kind, exception.Message, exception);
                if (_goesOn.IsSet)
                    SayPause($"the checkpoint of step {local.Step}", exception.Message);
                _goesOn.Reset();
                await Task.Delay(wait, _time, _stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void SayPause(string what, string reason) =>
        Tell($"training pauses for at most {_order.StoragePatience:g}: {what} could not be kept. {reason}");

    private void Tell(string text)
    {
        _events.Write(new WorkerMessage(text));
        _reporter.Say(text, "warning");
    }

    private StorageException Lost(StorageFailure kind, string reason, Exception cause)
    {
        string last = _store.Last is [.., var manifest]
            ? $"The last checkpoint, of step {manifest.Step} in epoch {manifest.State.Epoch}, is safe: mend the storage and resume the run."
            : "There is no checkpoint yet: mend the storage and resume the run, which begins anew.";
        return new StorageException(kind, $"The run cannot be kept. {reason} {last}", cause);
    }

    private static TimeSpan Longer(TimeSpan wait) => wait * 2 < LastRetry ? wait * 2 : LastRetry;
}
