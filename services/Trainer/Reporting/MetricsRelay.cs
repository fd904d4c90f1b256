using Grpc.Core;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;
using Maskwright.Training.V1;

namespace Maskwright.Trainer;

/// <summary>
/// Carries what runs report to the metrics collector: the figures of epochs from the run's own record, so that a collector that
/// lost its database gets them again, and everything else from the spool. Training neither waits for the collector nor fails
/// with it; what could not be delivered is delivered later, also after a restart.
/// </summary>
internal sealed partial class MetricsRelay(
    MetricsService.MetricsServiceClient collector,
    WorkQueue<TrainingRun> queue,
    MetricsSpool spool,
    SpoolDelivery segments,
    TimeProvider time,
    ILogger<MetricsRelay> logger)
    : BackgroundService
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    // Epochs that the collector has, of runs it is known to know.
    private readonly Dictionary<string, int> _delivered = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private bool _isAway;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ListenAsync(stoppingToken), DeliverAsync(stoppingToken));

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        await foreach (var run in queue.ChangesAsync(stoppingToken))
        {
            lock (_lock)
                _changed.Add(run.Name);
        }
    }

    private async Task DeliverAsync(CancellationToken stoppingToken)
    {
        for (var wait = ShortestWait; ; await Task.Delay(wait, time, stoppingToken))
        {
            bool isThere = true;
            foreach (string name in Due())
                isThere = isThere && await TryDeliverAsync(name, stoppingToken);
            if (isThere && _isAway)
                LogBack();
            _isAway = !isThere;
            wait = isThere ? ShortestWait : TimeSpan.FromTicks(Math.Min(2 * wait.Ticks, LongestWait.Ticks));
        }
    }

    private IReadOnlyList<string> Due()
    {
        lock (_lock)
            return [.. _changed.Union(spool.Runs.Select(id => "trainingRuns/" + id)).Order(StringComparer.Ordinal)];
    }

    private async Task<bool> TryDeliverAsync(string name, CancellationToken stoppingToken)
    {
        lock (_lock)
            _changed.Remove(name);
        try
        {
            await DeliverAsync(name, stoppingToken);
            return true;
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.FailedPrecondition or StatusCode.AlreadyExists or StatusCode.InvalidArgument)
        {
            // For instance a run that was deleted there: another try would end the same.
            _refused.Add(name);
            LogRefused(name, exception.Status.Detail);
            return true;
        }
        catch (RpcException exception) when (!stoppingToken.IsCancellationRequested)
        {
            // What is not found was deleted, or the collector has begun an empty database; registering it again will show.
            _delivered.Remove(name);
            if (!_isAway)
                LogAway(name, exception.Status.Detail);
        }

        lock (_lock)
            _changed.Add(name);
        return false;
    }

    private async Task DeliverAsync(string name, CancellationToken cancellationToken)
    {
        string id = name["trainingRuns/".Length..];
        if (_refused.Contains(name))
        {
            segments.Discard(id);
            return;
        }

        if (Find(name) is not { } run)
        {
            // Deleted, and with it what it reported.
            spool.Remove(id);
            return;
        }

        bool hasEnded = WorkStates.IsTerminal(run.State);
        if (!_delivered.TryGetValue(name, out int delivered))
        {
            var known = await collector.CreateRunAsync(RunMetrics.Describe(run), Options(cancellationToken));
            bool isEnded = hasEnded && known.State == RunMetrics.StateOf(run.State);
            if (isEnded && spool.Segments(id).Count == 0)
                return;
            if (!isEnded && known.State != RunState.Running)
                await collector.ReopenRunAsync(new ReopenRunRequest { Name = RunMetrics.NameOf(run) }, Options(cancellationToken));
        }

        await DeliverEpochsAsync(run, delivered, cancellationToken);
        _delivered[name] = run.Epochs.Count;
        await segments.DeliverAsync(id, () => Options(cancellationToken));
        if (!hasEnded)
            return;
        await collector.LogEventsAsync(RunMetrics.EndOf(run), Options(cancellationToken));
        await collector.FinishRunAsync(
            new FinishRunRequest { Name = RunMetrics.NameOf(run), State = RunMetrics.StateOf(run.State), ErrorMessage = run.Error?.Message ?? string.Empty },
            Options(cancellationToken));
        _delivered.Remove(name);
        spool.Remove(id);
    }

    private async Task DeliverEpochsAsync(TrainingRun run, int delivered, CancellationToken cancellationToken)
    {
        if (run.Epochs.Count <= delivered)
            return;
        using var call = collector.LogMetrics(Options(cancellationToken));
        foreach (var epoch in run.Epochs.Skip(delivered))
            await call.RequestStream.WriteAsync(RunMetrics.Batch(run, epoch), cancellationToken);
        await call.RequestStream.CompleteAsync();
        await call.ResponseAsync;
    }

    private TrainingRun? Find(string name)
    {
        try
        {
            return queue.Get(name);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    private CallOptions Options(CancellationToken cancellationToken) =>
        new(deadline: time.GetUtcNow().UtcDateTime + CallDeadline, cancellationToken: cancellationToken);

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Metrics of {Name} and of all other runs wait for the collector: {Reason}")]
    private partial void LogAway(string name, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "Metrics of {Name} were refused: {Reason}")]
    private partial void LogRefused(string name, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "The collector has everything that waited for it")]
    private partial void LogBack();
}
