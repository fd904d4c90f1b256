using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>Asks running resources over HTTP how they are: often until they are healthy, seldom afterwards.</summary>
internal sealed class HealthMonitor(TimeProvider time, TimeSpan timeout) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPauseAfterTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HealthyPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = AnswerTime };

    /// <summary>Watches one replica until cancelled, which ends it without an exception.</summary>
    /// <param name="checks">Addresses to get and the status each should answer with; none means healthy.</param>
    /// <param name="report">Told the health and each check's last answer after every round.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async Task WatchAsync(
        IReadOnlyList<(Uri Url, int StatusCode)> checks, Action<ResourceHealth, IReadOnlyList<HealthReport>> report, CancellationToken cancellationToken)
    {
        if (checks.Count == 0)
        {
            report(ResourceHealth.Healthy, []);
            return;
        }

        var start = time.GetTimestamp();
        var wasHealthy = false;
        var pause = FirstPause;
        try
        {
            while (true)
            {
                var reports = await Task.WhenAll(checks.Select(check => AskAsync(check.Url, check.StatusCode, cancellationToken)));
                var late = time.GetElapsedTime(start) > timeout;
                var healthy = Array.TrueForAll(reports, answer => answer.Health == ResourceHealth.Healthy);
                report(healthy ? ResourceHealth.Healthy : wasHealthy || late ? ResourceHealth.Unhealthy : ResourceHealth.Pending, reports);
                if (healthy)
                {
                    await Task.Delay(HealthyPause, time, cancellationToken);
                    pause = FirstPause;
                }
                else
                {
                    await Task.Delay(pause, time, cancellationToken);
                    var longest = wasHealthy || late ? LongestPauseAfterTimeout : LongestPause;
                    pause = pause * 1.5 < longest ? pause * 1.5 : longest;
                }

                wasHealthy |= healthy;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the watch, as asked for.
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>What the health checks of a replica ask; its ports must be known.</summary>
    /// <exception cref="DistributedApplicationException">A check has no HTTP endpoint to ask.</exception>
    public static IReadOnlyList<(Uri Url, int StatusCode)> ChecksOf(IResource resource, int replica) =>
    [
        .. resource.Annotations.OfType<HttpHealthCheckAnnotation>()
            .Select(check => (new Uri(Endpoint(resource, check).UrlOf(replica) + (check.Path.StartsWith('/') ? check.Path : "/" + check.Path)), check.StatusCode)),
    ];

    /// <summary>The endpoint that a check asks: the one it names, or https, or http, or the first that speaks HTTP.</summary>
    private static EndpointAnnotation Endpoint(IResource resource, HttpHealthCheckAnnotation check)
    {
        if (check.EndpointName is { } name)
            return new EndpointReference((IResourceWithEndpoints)resource, name).Annotation;
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme is "http" or "https").ToArray();
        return Array.Find(endpoints, endpoint => endpoint.Name == "https")
            ?? Array.Find(endpoints, endpoint => endpoint.Name == "http")
            ?? endpoints.FirstOrDefault()
            ?? throw new DistributedApplicationException($"Resource '{resource.Name}' has an HTTP health check but no HTTP endpoint. Declare one with WithHttpEndpoint.");
    }

    private async Task<HealthReport> AskAsync(Uri url, int expected, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(url, expected, cancellationToken);
        return new HealthReport($"GET {url}", answer is null ? ResourceHealth.Healthy : ResourceHealth.Unhealthy, answer, time.GetUtcNow());
    }

    private async Task<string?> AnswerAsync(Uri url, int expected, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode == expected ? null : $"answered {(int)response.StatusCode} and not {expected}";
        }
        catch (HttpRequestException failure)
        {
            return $"failed ({failure.InnerException?.Message ?? failure.Message})";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"had no answer within {AnswerTime.TotalSeconds:0} s";
        }
    }
}
