using Grpc.Core;
using Maskwright.Dataset.V1;
using Maskwright.Evaluation.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>Reads Watch streams.</summary>
internal static class Watching
{
    /// <summary>The dataset once its work has ended.</summary>
    public static async Task<Dataset.V1.Dataset> EndAsync(this DatasetService.DatasetServiceClient client, string name, CancellationToken cancellationToken)
    {
        using var call = client.WatchDataset(new WatchDatasetRequest { Name = name }, cancellationToken: cancellationToken);
        return (await call.ToListAsync(cancellationToken))[^1].Dataset;
    }

    /// <summary>The run once its work has ended.</summary>
    public static async Task<TrainingRun> EndAsync(this TrainingService.TrainingServiceClient client, string name, CancellationToken cancellationToken)
    {
        using var call = client.WatchTrainingRun(new WatchTrainingRunRequest { Name = name }, cancellationToken: cancellationToken);
        return (await call.ToListAsync(cancellationToken))[^1].TrainingRun;
    }

    /// <summary>Waits until a step of training has been reported.</summary>
    public static async Task TrainingStepAsync(this TrainingService.TrainingServiceClient client, string name, CancellationToken cancellationToken)
    {
        using var call = client.WatchTrainingRun(new WatchTrainingRunRequest { Name = name }, cancellationToken: cancellationToken);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            if (answer.TrainingRun.State == State.Running && answer.TrainingRun.Progress?.Stage.StartsWith("train", StringComparison.Ordinal) == true)
                return;
        }

        throw new InvalidOperationException($"{name} ended before a step was reported.");
    }

    /// <summary>The evaluation once its work has ended.</summary>
    public static async Task<Evaluation.V1.Evaluation> EndAsync(this EvaluationService.EvaluationServiceClient client, string name, CancellationToken cancellationToken)
    {
        using var call = client.WatchEvaluation(new WatchEvaluationRequest { Name = name }, cancellationToken: cancellationToken);
        return (await call.ToListAsync(cancellationToken))[^1].Evaluation;
    }

    /// <summary>Every answer of a stream, to its end.</summary>
    public static async Task<List<T>> ToListAsync<T>(this AsyncServerStreamingCall<T> call, CancellationToken cancellationToken)
    {
        List<T> answers = [];
        await foreach (var answer in call.ResponseStream.ReadAllAsync(cancellationToken))
            answers.Add(answer);
        return answers;
    }
}
