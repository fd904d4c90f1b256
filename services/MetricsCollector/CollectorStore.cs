using Microsoft.Extensions.Options;

namespace Maskwright.MetricsCollector;

/// <summary>Opens the store before anything else starts, and closes it after everything else has ended.</summary>
internal sealed class CollectorStore(
    IOptions<MetricsOptions> options, IConfiguration configuration, TimeProvider time, ILogger<MetricsStore> logger)
    : IHostedLifecycleService, IAsyncDisposable
{
    private MetricsStore? _store;

    /// <summary>The store.</summary>
    public MetricsStore Store => _store ?? throw new InvalidOperationException("The store is opened when the host starts.");

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            _store = configuration.GetConnectionString("metrics") is { Length: > 0 } postgres
                ? await MetricsStore.OpenPostgresAsync(postgres, time)
                : await MetricsStore.OpenSqliteAsync(options.Value.Database, time);
        }
        catch (MetricsDatabaseException error)
        {
            Log.Unusable(logger, error.Message);
            throw;
        }

        Log.Opened(logger, _store.Location);
        if (_store.Damage is { } damage)
            Log.SetAside(logger, damage);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _store?.DisposeAsync() ?? ValueTask.CompletedTask;
}
