using System.Diagnostics;
using Google.Protobuf;
using Maskwright.Artifacts;
using Maskwright.Work.V1;

namespace Maskwright.ServiceDefaults;

/// <content>Reading the records at start, and working on what they ask for.</content>
public sealed partial class WorkQueue<T>
    where T : class, IWorkResource, IMessage<T>, IDeepCloneable<T>, new()
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await LoadAsync(stoppingToken);
        await Task.WhenAll(Enumerable.Range(0, _options.Concurrency).Select(_ => WorkAsync(stoppingToken)));
    }

    private async Task LoadAsync(CancellationToken stoppingToken)
    {
        while (!await TryReadRecordsAsync(stoppingToken))
            await Task.Delay(LoadRetry, _time, stoppingToken);

        // Before calls are taken, so that what waited before the restart comes before what is new.
        foreach (var (id, item) in _items.Where(pair => !WorkStates.IsTerminal(pair.Value.Resource.State))
            .OrderBy(pair => pair.Value.Resource.CreateTime.ToDateTime())
            .ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            item.Update(EventKind.State, "The service was restarted; the work starts again.", resource => resource.State = State.Queued);
            Enqueue(id);
        }

        _notLoaded = null;
        LogLoaded(_items.Count, _options.Collection);
    }

    private async Task<bool> TryReadRecordsAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _storage.EnsureBucketAsync(stoppingToken);
            await foreach (var entry in _storage.ListAsync(_options.Prefix + "/", stoppingToken))
            {
                string[] parts = entry.Key.Split('/');
                if (parts is [_, var id, StateDocument.FileName])
                    await LoadOneAsync(id, entry, stoppingToken);
            }

            return true;
        }
        catch (StorageException exception)
        {
            _notLoaded = RpcErrors.ToStatus(exception);
            LogNotLoaded(exception.Message);
            return false;
        }
    }

    private async Task LoadOneAsync(string id, ObjectInfo entry, CancellationToken cancellationToken)
    {
        try
        {
            var (resource, document) = await StateDocument.ReadAsync<T>(_storage, entry, $"{_options.Collection}/{id}", cancellationToken);
            var item = new WorkItem<T>(resource, document.RequestId, document.TraceParent, _time, Publish);
            _items[id] = item;
            item.Read(form => Publish(EventKind.Snapshot, form));
        }
        catch (InvalidDataException exception)
        {
            // One bad document must not keep the others from being served.
            LogBadState(exception, entry.Key);
        }
    }

    // The channel is unbounded and never completed: it takes everything.
    private void Enqueue(string id) => _queue.Writer.TryWrite(id);

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        await foreach (string id in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            if (_items.TryGetValue(id, out var item))
                await RunOneAsync(id, item, stoppingToken);
        }
    }

    private async Task RunOneAsync(string id, WorkItem<T> item, CancellationToken stoppingToken)
    {
        string name = item.Resource.Name;
        if (!TryStart(item))
            return;
        RecordWait(item);
        using var activity = Activities.StartActivity(_options.Collection + " work", ActivityKind.Consumer, item.TraceParent);
        activity?.SetTag("maskwright.resource", name);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, item.Cancellation.Token);
        try
        {
            await SaveAsync(id, item, linked.Token);
            LogStarted(name);
            var context = new WorkContext<T>(item, id, _time, token => SaveAsync(id, item, token));
            try
            {
                await _handler(context, linked.Token);
            }
            finally
            {
                context.EndStage();
            }

            await TryEndAsync(id, item, State.Running, State.Succeeded, null);
            LogSucceeded(name);
        }
        catch (OperationCanceledException) when (item.Cancellation.IsCancellationRequested)
        {
            await TryEndAsync(id, item, State.Running, State.Cancelled, null);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogInterrupted(name);
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            activity?.AddException(exception);
            // What its owner can mend needs its cause, not the place in the program that found it.
            if (RpcErrors.FromException(exception) is { } named)
                LogRefused(name, named.Status.Detail.ReplaceLineEndings(""));
            else
                LogFailed(exception, name);
            await TryEndAsync(id, item, State.Running, State.Failed, RpcErrors.ToStatus(exception));
        }
    }

    /// <summary>The time in the queue as a span of its own, beside the work.</summary>
    private void RecordWait(WorkItem<T> item)
    {
        if (item.TraceParent is not { } parent || !ActivityContext.TryParse(parent, null, isRemote: true, out var context))
            return;
        var wait = Activities.StartActivity(_options.Collection + " queue", ActivityKind.Internal, context, startTime: item.Resource.CreateTime.ToDateTimeOffset());
        wait?.SetTag("maskwright.resource", item.Resource.Name);
        wait?.SetEndTime(_time.GetUtcNow().UtcDateTime);
        wait?.Dispose();
    }

    // False when it was cancelled while it waited.
    private bool TryStart(WorkItem<T> item) =>
        item.TryUpdate(State.Queued, EventKind.State, string.Empty, resource =>
        {
            resource.State = State.Running;
            // Work that a restart of the service has interrupted goes on.
            resource.StartTime ??= Now();
            resource.Error = null;
        }) is not null;

    // An end is recorded even when the caller goes away or the service stops meanwhile.
    private async Task<bool> TryEndAsync(string id, WorkItem<T> item, State from, State to, Google.Rpc.Status? error)
    {
        if (item.TryUpdate(from, EventKind.State, error?.Message ?? string.Empty, resource =>
            {
                resource.State = to;
                resource.EndTime = Now();
                resource.Progress = null;
                resource.Error = error;
            }) is not { } ended)
        {
            return false;
        }

        try
        {
            await SaveAsync(id, item, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // In memory it has ended; after a restart the work starts again, as its record says it was running.
            LogNotSaved(exception, ended.Name);
        }

        if (to == State.Cancelled)
            LogCancelled(ended.Name);
        return true;
    }
}
