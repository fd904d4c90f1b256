using Grpc.Net.Client;
using Maskwright.Dataset.V1;
using Maskwright.Evaluation.V1;
using Maskwright.Metrics.V1;
using Maskwright.Training.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>gRPC clients of the four services.</summary>
public sealed class Clients : IDisposable
{
    private const int MaxMessageBytes = 64 * 1024 * 1024;

    private readonly Dictionary<string, GrpcChannel> _channels;

    public Clients(IReadOnlyDictionary<string, Dictionary<string, Uri>> endpoints)
    {
        _channels = endpoints.Where(entry => entry.Value.ContainsKey("grpc")).ToDictionary(entry => entry.Key, entry => Connect(entry.Value["grpc"]));
        Datasets = new DatasetService.DatasetServiceClient(_channels["datasets"]);
        Trainer = new TrainingService.TrainingServiceClient(_channels["trainer"]);
        Evaluator = new EvaluationService.EvaluationServiceClient(_channels["evaluator"]);
        Metrics = new MetricsService.MetricsServiceClient(_channels["metrics"]);
    }

    public DatasetService.DatasetServiceClient Datasets { get; }

    public TrainingService.TrainingServiceClient Trainer { get; }

    public EvaluationService.EvaluationServiceClient Evaluator { get; }

    public MetricsService.MetricsServiceClient Metrics { get; }

    public static GrpcChannel Connect(Uri address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = MaxMessageBytes });

    public void Dispose()
    {
        foreach (var channel in _channels.Values)
            channel.Dispose();
    }
}
