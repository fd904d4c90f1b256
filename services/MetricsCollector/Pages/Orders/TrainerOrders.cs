using Grpc.Core;
using Maskwright.Training.V1;

namespace Maskwright.MetricsCollector.Pages.Orders;

/// <summary>What pages ask of the trainer. Each call ends by itself where the trainer does not answer.</summary>
internal sealed class TrainerOrders(TrainingService.TrainingServiceClient trainer, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Name of the training run that a run was logged by; null where it was logged by something else.</summary>
    public static string? NameOf(StoredRun run) => run.Registration.Lineage.GetValueOrDefault("training_run");

    /// <exception cref="RpcException">The trainer refuses, or cannot be reached.</exception>
    public async Task<IReadOnlyList<Preset>> PresetsAsync(CancellationToken cancellationToken) =>
        (await trainer.ListPresetsAsync(new ListPresetsRequest(), Options(cancellationToken))).Presets;

    /// <summary>Starts a run. The same <paramref name="requestId"/> starts no second one.</summary>
    /// <exception cref="RpcException">The trainer refuses, or cannot be reached.</exception>
    public async Task<TrainingRun> StartAsync(string dataset, TrainingOptions options, string requestId, CancellationToken cancellationToken) =>
        await trainer.CreateTrainingRunAsync(
            new CreateTrainingRunRequest { TrainingRun = new TrainingRun { Dataset = dataset, Options = options }, RequestId = requestId },
            Options(cancellationToken));

    /// <summary>How training runs stand that have not ended, by name; those that the trainer does not know are left out.</summary>
    /// <returns>Null when the trainer cannot be reached.</returns>
    public async Task<IReadOnlyDictionary<string, TrainingRun>?> StandingAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var standing = new Dictionary<string, TrainingRun>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            try
            {
                standing[name] = await trainer.GetTrainingRunAsync(new GetTrainingRunRequest { Name = name }, Options(cancellationToken));
            }
            catch (RpcException error) when (error.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument)
            {
                // Logged by another trainer, or under a name of the logger's own.
            }
            catch (RpcException error) when (error.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal)
            {
                return null;
            }
        }

        return standing;
    }

    /// <exception cref="RpcException">The trainer refuses, or cannot be reached.</exception>
    public async Task CancelAsync(string name, CancellationToken cancellationToken) =>
        await trainer.CancelTrainingRunAsync(new CancelTrainingRunRequest { Name = name }, Options(cancellationToken));

    /// <exception cref="RpcException">The trainer refuses, or cannot be reached.</exception>
    public async Task ResumeAsync(string name, CancellationToken cancellationToken) =>
        await trainer.ResumeTrainingRunAsync(new ResumeTrainingRunRequest { Name = name }, Options(cancellationToken));

    /// <summary>Deletes a training run with its checkpoints and its model. One that is gone already is no error.</summary>
    /// <exception cref="RpcException">The trainer refuses, or cannot be reached.</exception>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await trainer.DeleteTrainingRunAsync(new DeleteTrainingRunRequest { Name = name }, Options(cancellationToken));
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // As was asked.
        }
    }

    private CallOptions Options(CancellationToken cancellationToken) =>
        new(deadline: time.GetUtcNow().UtcDateTime + Patience, cancellationToken: cancellationToken);
}
