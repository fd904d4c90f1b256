using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace Maskwright.Artifacts;

/// <summary>The HTTP pipeline under every storage request: retries with jitter, a deadline, named errors.</summary>
internal static class StorageTransport
{
    /// <summary>The longest a server may take to answer, not counting the time to send a body.</summary>
    internal static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    // Four tries of at most 2 s to connect, with 0.2 + 0.4 + 0.8 s between them: a storage that is down is
    // reported within 10 s, and one that restarts is waited for.
    private const int Retries = 3;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);

    internal static HttpClient CreateClient()
    {
        var sockets = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
        };
        var retries = new ResilienceHandler(CreatePipeline()) { InnerHandler = new AttemptCounter(sockets) };
        return new HttpClient(new S3ErrorHandler(retries)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static ResiliencePipeline<HttpResponseMessage> CreatePipeline() =>
        new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = static args => ValueTask.FromResult(2 * DeadlineOf(args.Context.GetRequestMessage())),
            })
            // Waits as long as the server's Retry-After asks for, where it does.
            .AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = Retries,
                Delay = FirstDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static args => ValueTask.FromResult(ShouldRetry(args.Outcome, args.Context.GetRequestMessage())),
            })
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = static args => ValueTask.FromResult(DeadlineOf(args.Context.GetRequestMessage())),
            })
            .Build();

    // One try; all of them together have twice as long. A second per MiB of body on top: 8 Mbit/s is the slowest link that works.
    private static TimeSpan DeadlineOf(HttpRequestMessage? request) =>
        AnswerTimeout + TimeSpan.FromSeconds((request?.Content?.Headers.ContentLength ?? 0) / (1024.0 * 1024.0));

    private static bool ShouldRetry(Outcome<HttpResponseMessage> outcome, HttpRequestMessage? request)
    {
        if (request?.Content is StreamContent or FileRangeContent { IsBroken: true })
            return false; // its bytes are gone

        var refused = outcome.Exception
            is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
            or OperationCanceledException { InnerException: TimeoutException }; // the connect timeout
        // 409 to a put-if-absent: another one was under way, and this one was not carried out.
        var turnedAway = outcome.Result?.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
            || (outcome.Result?.StatusCode is HttpStatusCode.Conflict && request?.Headers.IfNoneMatch.Count > 0);
        if (refused || turnedAway)
            return true;

        // Past this point the server may have done the work. A request that does not mean the same the second
        // time (put-if-absent, completing an upload) is left to the caller to settle.
        if (request is null || !IsRepeatable(request))
            return false;
        return outcome.Exception is HttpRequestException
            || outcome.Result?.StatusCode is HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
                or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout;
    }

    private static bool IsRepeatable(HttpRequestMessage request) =>
        request.Headers.IfNoneMatch.Count == 0
        && !(request.Method == HttpMethod.Post && request.RequestUri!.Query.Contains("uploadId=", StringComparison.Ordinal));

    /// <summary>Counts every request that goes out for the operation it belongs to.</summary>
    private sealed class AttemptCounter(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            StorageOperation.Current?.CountAttempt();
            return base.SendAsync(request, cancellationToken);
        }
    }
}
