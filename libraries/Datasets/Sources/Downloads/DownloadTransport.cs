using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace Maskwright.Datasets;

/// <summary>The HTTP pipeline under every download: retries with jitter until a server answers, redirects, no cookies.</summary>
internal static class DownloadTransport
{
    private const int Retries = 3;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Creates the client; its body reads have no deadline of their own.</summary>
    public static HttpClient CreateClient()
    {
        var sockets = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxAutomaticRedirections = 10,
            UseCookies = false,
            // Ranges are ranges of the file as it is stored.
            AutomaticDecompression = DecompressionMethods.None,
        };
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = Retries,
                Delay = FirstDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = AnswerTimeout })
            .Build();
        return new HttpClient(new ResilienceHandler(pipeline) { InnerHandler = sockets }) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
