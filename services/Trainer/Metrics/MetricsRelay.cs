using Grpc.Core;
using Maskwright.Metrics.V1;
using Maskwright.ServiceDefaults;
using Maskwright.Training.V1;

namespace Maskwright.Trainer;

/// <summary>
/// Carries the epochs of runs to the metrics collector. A run's own record holds every epoch, so an epoch that could not be
/// delivered is delivered later, also after a restart; training neither waits for the collector nor fails with it.
/// </summary>
internal sealed partial class MetricsRelay(
    MetricsService.MetricsServiceClient collector, WorkQueue<TrainingRun> queue, TimeProvider time, ILogger<MetricsRelay> logger)
    : BackgroundService
{
    // One batch an epoch, numbered by it, makes a repeated delivery harmless.
    private const string ClientId = "trainer";
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, int> _delivered = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var run in queue.ChangesAsync(stoppingToken))
        {
            for (var wait = FirstRetry; !await TryDeliverAsync(run, stoppingToken); wait = wait * 2 < LastRetry ? wait * 2 : LastRetry)
                await Task.Delay(wait, time, stoppingToken);
        }
    }

    private async Task<bool> TryDeliverAsync(TrainingRun run, CancellationToken stoppingToken)
    {
        try
        {
            await DeliverAsync(run, stoppingToken);
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal)
        {
            LogAway(run.Name, exception.Status.Detail);
            return false;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound && _delivered.Remove(run.Name))
        {
            // The collector has begun an empty database, or the run was deleted there, which registering it again will show.
            LogAway(run.Name, exception.Status.Detail);
            return false;
        }
        catch (RpcException exception) when (exception.StatusCode != StatusCode.Cancelled)
        {
            // The collector refuses it: another try would end the same.
            LogRefused(run.Name, exception.Status.Detail);
        }

        return true;
    }

    private async Task DeliverAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        if (!_delivered.TryGetValue(run.Name, out int delivered))
        {
            var known = await collector.CreateRunAsync(RunMetrics.Describe(run), Deadline(cancellationToken));
            if (known.State != RunState.Running)
                return;
        }

        if (run.Epochs.Count > delivered)
        {
            using var call = collector.LogMetrics(Deadline(cancellationToken));
            foreach (var epoch in run.Epochs.Skip(delivered))
                await call.RequestStream.WriteAsync(RunMetrics.Batch(run, epoch, ClientId), cancellationToken);
            await call.RequestStream.CompleteAsync();
            await call.ResponseAsync;
        }

        _delivered[run.Name] = run.Epochs.Count;
        if (WorkStates.IsTerminal(run.State))
        {
            await collector.FinishRunAsync(
                new FinishRunRequest { Name = RunMetrics.NameOf(run), State = RunMetrics.StateOf(run.State), ErrorMessage = run.Error?.Message ?? string.Empty },
                Deadline(cancellationToken));
            _delivered.Remove(run.Name);
        }
    }

    private CallOptions Deadline(CancellationToken cancellationToken) =>
        new(deadline: time.GetUtcNow().UtcDateTime + CallDeadline, cancellationToken: cancellationToken);

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Metrics of {Name} wait for the collector: {Reason}")]
    private partial void LogAway(string name, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "Metrics of {Name} were refused: {Reason}")]
    private partial void LogRefused(string name, string reason);
}
