using System.Text.Json;
using Maskwright.Artifacts;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;

namespace Maskwright.Evaluator;

/// <summary>Finished models in object storage.</summary>
internal sealed class ModelStore(ObjectStorage storage)
{
    /// <summary>The manifest of a finished run.</summary>
    /// <param name="name"><c>trainingRuns/{id}</c>.</param>
    /// <param name="field">The field that holds it, for the error.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="Grpc.Core.RpcException">The name is malformed, or no such run has finished.</exception>
    public async Task<RunManifest> ManifestAsync(string name, string field, CancellationToken cancellationToken)
    {
        string id = ResourceId.FromName("trainingRuns", name, field);
        return await new ManifestStore(storage).TryReadAsync(
                RunKeys.Manifest(id), RunJson.Default.RunManifest, RunManifest.CurrentVersion, cancellationToken)
            ?? throw RpcErrors.FailedPrecondition("MODEL_NOT_READY", $"There is no finished training run '{name}'. Train it to its end first, or correct the name.");
    }

    /// <summary>The best weights of a finished run, their digest checked.</summary>
    /// <exception cref="ArtifactException">They are not what the manifest names.</exception>
    public async Task<TrainedModel> LoadAsync(RunManifest manifest, CancellationToken cancellationToken) =>
        TrainedModel.Load(await storage.GetArtifactAsync(manifest.Model, cancellationToken), manifest.Model.Key);

    /// <summary>Every epoch of a finished run, in order.</summary>
    /// <exception cref="ArtifactException">They are not what the manifest names.</exception>
    public async Task<IReadOnlyList<EpochReport>> HistoryAsync(RunManifest manifest, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize(await storage.GetArtifactAsync(manifest.History, cancellationToken), RunJson.Default.IReadOnlyListEpochReport)
            ?? throw new ArtifactException(manifest.History.Key, "the document is null.");
}
