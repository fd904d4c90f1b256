using Grpc.Core;
using Maskwright.Artifacts;
using Maskwright.Evaluation.V1;
using EvaluationResource = Maskwright.Evaluation.V1.Evaluation;

namespace Maskwright.MetricsCollector.Pages.Run.Details;

/// <summary>What a training run left in object storage, and what was measured of its model.</summary>
internal sealed class RunArtifacts(EvaluationService.EvaluationServiceClient evaluator, TimeProvider time, ObjectStorage? storage = null)
{
    private const int PageSize = 200;
    private const int MostPages = 20;
    private const string TrainingRuns = "trainingRuns/";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Readable = TimeSpan.FromHours(1);

    /// <summary>Whether the collector can look into object storage.</summary>
    public bool HasStorage => storage is not null;

    /// <summary>The files of weights, with addresses that work for an hour; none where the collector has no storage.</summary>
    /// <param name="trainingRun"><c>trainingRuns/{id}</c>.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="StorageException">Storage cannot be asked.</exception>
    public async Task<IReadOnlyList<StoredWeights>> WeightsAsync(string trainingRun, CancellationToken cancellationToken)
    {
        var found = new List<StoredWeights>();
        if (storage is null || !trainingRun.StartsWith(TrainingRuns, StringComparison.Ordinal) || !MetricNames.IsRunId(trainingRun.AsSpan(TrainingRuns.Length)))
            return found;
        var folder = $"runs/{trainingRun[TrainingRuns.Length..]}/";
        await foreach (var stored in storage.ListAsync(folder, cancellationToken))
        {
            if (stored.Key.EndsWith(".safetensors", StringComparison.Ordinal))
                found.Add(new StoredWeights(stored.Key[folder.Length..], stored.Size, storage.PresignGet(stored.Key, Readable)));
        }

        return [.. found.OrderBy(weights => weights.Name.Length).ThenBy(weights => weights.Name, StringComparer.Ordinal)];
    }

    /// <summary>Evaluations of the model, newest first.</summary>
    /// <param name="trainingRun"><c>trainingRuns/{id}</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RpcException">The evaluator cannot be reached.</exception>
    public async Task<IReadOnlyList<EvaluationResource>> EvaluationsAsync(string trainingRun, CancellationToken cancellationToken)
    {
        var found = new List<EvaluationResource>();
        var request = new ListEvaluationsRequest { PageSize = PageSize };
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await evaluator.ListEvaluationsAsync(request, new CallOptions(deadline: time.GetUtcNow().UtcDateTime + Patience, cancellationToken: cancellationToken));
            found.AddRange(answer.Evaluations.Where(evaluation => evaluation.Model == trainingRun));
            request.PageToken = answer.NextPageToken;
            if (request.PageToken.Length == 0)
                break;
        }

        return found;
    }
}

/// <summary>A file of weights.</summary>
/// <param name="Name">Its name within the run.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Url">Address from which it can be fetched.</param>
internal sealed record StoredWeights(string Name, long Size, Uri Url);
