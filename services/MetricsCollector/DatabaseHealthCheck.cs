using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Maskwright.MetricsCollector;

/// <summary>Healthy while the database answers.</summary>
internal sealed class DatabaseHealthCheck(MetricsStore store) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            store.Check();
            return Task.FromResult(HealthCheckResult.Healthy());
        }
        catch (MetricsDatabaseException error)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy(error.Message));
        }
    }
}
