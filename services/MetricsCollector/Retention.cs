using Maskwright.Artifacts;
using Microsoft.Extensions.Options;

namespace Maskwright.MetricsCollector;

/// <summary>Deletes runs whose time is over, one after the other, so that no write waits for many.</summary>
internal sealed class Retention(CollectorStore collector, IOptions<MetricsOptions> options, TimeProvider time, ILogger<Retention> logger, IServiceProvider services)
    : BackgroundService
{
    private const int RunsAtOnce = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Deletes what is due now.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var days = options.Value.RetentionDays;
        // Not before it is needed: the store it needs is opened once the hosted services are made.
        var archive = services.GetService<RunArchive>();
        var before = time.GetUtcNow() - TimeSpan.FromDays(days);
        while (await collector.Store.ExpiredRunsAsync(before, RunsAtOnce, cancellationToken) is { Count: > 0 } expired)
        {
            foreach (var run in expired)
            {
                // First what storage has: a run that is gone is not found again.
                if (archive is not null)
                    await archive.ForgetAsync(run, cancellationToken);
                await collector.Store.DeleteRunAsync(run, cancellationToken);
                Log.Expired(logger, run, days);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.RetentionDays == 0)
            return;
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception error) when (error is MetricsDatabaseException or RunNotFoundException or StorageException)
            {
                // A run that somebody else deleted meanwhile is no longer there the next time.
                Log.RetentionFailed(logger, error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
