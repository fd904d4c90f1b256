using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Maskwright.MetricsCollector;

/// <summary>Healthy while the database answers; degraded where a damaged one was set aside at start.</summary>
internal sealed class DatabaseHealthCheck(CollectorStore collector) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await collector.Store.CheckAsync(cancellationToken);
            return collector.Store.Damage is { } damage ? HealthCheckResult.Degraded(damage) : HealthCheckResult.Healthy();
        }
        catch (MetricsDatabaseException error)
        {
            return HealthCheckResult.Unhealthy(error.Message);
        }
    }
}
