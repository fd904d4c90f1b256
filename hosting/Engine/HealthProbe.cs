using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>Asks a started resource over HTTP until it says that it is healthy.</summary>
internal sealed class HealthProbe(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = AnswerTime };

    /// <summary>Waits until all checks of a resource pass.</summary>
    /// <returns>Null when they do; otherwise, after <paramref name="timeout"/>, what the last one answered.</returns>
    public async Task<string?> WaitAsync(IResource resource, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        foreach (var check in resource.Annotations.OfType<HttpHealthCheckAnnotation>())
        {
            var url = new Uri(Endpoint(resource, check).Url + (check.Path.StartsWith('/') ? check.Path : "/" + check.Path));
            var pause = FirstPause;
            while (await AskAsync(url, check.StatusCode, cancellationToken) is { } answer)
            {
                if (time.GetElapsedTime(start) > timeout)
                    return $"GET {url} {answer} after {timeout.TotalSeconds:0} s";
                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
            }
        }

        return null;
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The endpoint that a check asks: the one it names, or https, or http, or the first that speaks HTTP.</summary>
    private static EndpointReference Endpoint(IResource resource, HttpHealthCheckAnnotation check)
    {
        var owner = (IResourceWithEndpoints)resource;
        if (check.EndpointName is { } name)
            return new EndpointReference(owner, name);
        var endpoints = owner.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme is "http" or "https").ToArray();
        var chosen = Array.Find(endpoints, endpoint => endpoint.Name == "https")
            ?? Array.Find(endpoints, endpoint => endpoint.Name == "http")
            ?? endpoints.FirstOrDefault()
            ?? throw new DistributedApplicationException($"Resource '{resource.Name}' has an HTTP health check but no HTTP endpoint. Declare one with WithHttpEndpoint.");
        return new EndpointReference(owner, chosen.Name);
    }

    private async Task<string?> AskAsync(Uri url, int expected, CancellationToken cancellationToken)
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
