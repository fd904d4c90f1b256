using Google.Protobuf;
using Grpc.Core;
using Maskwright.Dataset.V1;
using Maskwright.Evaluation.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.Cli;

/// <summary>What can be asked about running work, whichever service does it.</summary>
/// <typeparam name="T">Dataset, TrainingRun or Evaluation.</typeparam>
internal sealed class WorkClient<T>
    where T : class, IWorkResource, IMessage
{
    /// <summary>Returns the resource of a name.</summary>
    public required Func<string, CallOptions, AsyncUnaryCall<T>> Get { get; init; }

    /// <summary>Asks the work of a name to stop.</summary>
    public required Func<string, CallOptions, AsyncUnaryCall<T>> Cancel { get; init; }

    /// <summary>Streams what happens to the resource of a name after a sequence number.</summary>
    public required Func<string, long, CancellationToken, IAsyncEnumerable<(Event Event, T Resource)>> Watch { get; init; }
}

/// <summary>The three kinds of work.</summary>
internal static class WorkClients
{
    public static WorkClient<Dataset.V1.Dataset> DatasetWork(this ServiceConnections services) => new()
    {
        Get = (name, options) => services.Datasets.GetDatasetAsync(new GetDatasetRequest { Name = name }, options),
        Cancel = (name, options) => services.Datasets.CancelDatasetAsync(new CancelDatasetRequest { Name = name }, options),
        Watch = (name, after, cancellationToken) => Stream(
            services.Datasets.WatchDataset(
                new WatchDatasetRequest { Name = name, AfterSequence = after }, cancellationToken: cancellationToken),
            response => (response.Event, response.Dataset),
            cancellationToken),
    };

    public static WorkClient<TrainingRun> TrainingWork(this ServiceConnections services) => new()
    {
        Get = (name, options) => services.Trainer.GetTrainingRunAsync(new GetTrainingRunRequest { Name = name }, options),
        Cancel = (name, options) => services.Trainer.CancelTrainingRunAsync(new CancelTrainingRunRequest { Name = name }, options),
        Watch = (name, after, cancellationToken) => Stream(
            services.Trainer.WatchTrainingRun(
                new WatchTrainingRunRequest { Name = name, AfterSequence = after }, cancellationToken: cancellationToken),
            response => (response.Event, response.TrainingRun),
            cancellationToken),
    };

    public static WorkClient<Evaluation.V1.Evaluation> EvaluationWork(this ServiceConnections services) => new()
    {
        Get = (name, options) => services.Evaluator.GetEvaluationAsync(new GetEvaluationRequest { Name = name }, options),
        Cancel = (name, options) => services.Evaluator.CancelEvaluationAsync(new CancelEvaluationRequest { Name = name }, options),
        Watch = (name, after, cancellationToken) => Stream(
            services.Evaluator.WatchEvaluation(
                new WatchEvaluationRequest { Name = name, AfterSequence = after }, cancellationToken: cancellationToken),
            response => (response.Event, response.Evaluation),
            cancellationToken),
    };

    private static async IAsyncEnumerable<(Event Event, T Resource)> Stream<TResponse, T>(
        AsyncServerStreamingCall<TResponse> call,
        Func<TResponse, (Event Event, T Resource)> split,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (call)
        {
            await foreach (var response in call.ResponseStream.ReadAllAsync(cancellationToken))
                yield return split(response);
        }
    }
}
