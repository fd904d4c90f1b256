using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Maskwright.Dataset.V1;
using Maskwright.Evaluation.V1;
using Maskwright.Metrics.V1;
using Maskwright.Training.V1;

namespace Maskwright.Cli;

/// <summary>Clients of the services, each connected when it is first used.</summary>
/// <param name="locator">Finds them.</param>
/// <param name="time">Time.</param>
/// <param name="token">What the collector is shown where it is not on this machine; null or empty shows nothing.</param>
internal sealed class ServiceConnections(ServiceLocator locator, TimeProvider time, string? token) : IDisposable
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(100);

    private readonly Dictionary<string, GrpcChannel> _channels = new(StringComparer.Ordinal);

    public DatasetService.DatasetServiceClient Datasets => new(Channel(ServiceName.Datasets));

    public TrainingService.TrainingServiceClient Trainer => new(Channel(ServiceName.Trainer));

    public EvaluationService.EvaluationServiceClient Evaluator => new(Channel(ServiceName.Evaluator));

    public MetricsService.MetricsServiceClient Metrics => new(Channel(ServiceName.Metrics).Intercept(headers =>
    {
        if (!string.IsNullOrEmpty(token))
            headers.Add("authorization", $"Bearer {token}");
        return headers;
    }));

    /// <summary>Where each service that has been used is, as text for messages.</summary>
    public string Addresses => string.Join(", ", _channels.Select(channel => $"{channel.Key} at {channel.Value.Target}"));

    /// <summary>Whether <c>--endpoint</c> names one address without saying of which service.</summary>
    public bool HasUnnamedEndpoint => locator.HasUnnamed;

    /// <summary>Makes sure that something says where each service is.</summary>
    /// <exception cref="ServiceUnreachableException">Nothing says where one of them is.</exception>
    public void FindAll()
    {
        foreach (var service in ServiceName.All)
            locator.Find(service);
    }

    /// <summary>Options of a call that answers once, and soon.</summary>
    public CallOptions Once(CancellationToken cancellationToken) =>
        new(deadline: time.GetUtcNow().UtcDateTime + AnswerTime, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var channel in _channels.Values)
            channel.Dispose();
    }

    private GrpcChannel Channel(string service)
    {
        if (!_channels.TryGetValue(service, out var channel))
        {
            channel = GrpcChannel.ForAddress(locator.Find(service), new GrpcChannelOptions
            {
                // Answers hold masks and long series; the services bound them.
                MaxReceiveMessageSize = null,
                HttpHandler = new SocketsHttpHandler
                {
                    ConnectTimeout = TimeSpan.FromSeconds(5),
                    EnableMultipleHttp2Connections = true,
                    KeepAlivePingDelay = TimeSpan.FromSeconds(30),
                    KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
                },
                DisposeHttpClient = true,
            });
            _channels.Add(service, channel);
        }

        return channel;
    }
}
