using Maskwright.Imaging;
using Maskwright.Segmentation;
using Microsoft.Extensions.Options;

namespace Maskwright.Evaluator;

/// <summary>The models used last, loaded. One more than there is room for takes the place of the one unused for longest.</summary>
internal sealed class WarmModels(ModelStore models, IOptions<PredictionOptions> options) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(string Digest, Task<Predictor> Predictor)> _byUse = [];

    /// <summary>Labels an image with the model of a run.</summary>
    /// <exception cref="Artifacts.ArtifactException">The weights are not what the manifest names.</exception>
    public async Task<Prediction> PredictAsync(RunManifest manifest, RgbImage image, bool withConfidence, CancellationToken cancellationToken)
    {
        while (true)
        {
            var predictor = await GetAsync(manifest).WaitAsync(cancellationToken);
            try
            {
                return await predictor.PredictAsync(image, withConfidence, cancellationToken);
            }
            catch (ObjectDisposedException)
            {
                // Others took its place between the two calls: it is loaded again.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, predictor) in _byUse)
            await RetireAsync(predictor);
    }

    // Loading goes on when the caller who began it leaves: others may wait for the same model.
    private async Task<Predictor> GetAsync(RunManifest manifest)
    {
        Task<Predictor> found;
        Task<Predictor>? retired = null;
        lock (_lock)
        {
            var node = _byUse.First;
            while (node is not null && !string.Equals(node.Value.Digest, manifest.Model.Sha256, StringComparison.Ordinal))
                node = node.Next;
            if (node is not null)
                _byUse.Remove(node);
            else
                node = new((manifest.Model.Sha256, LoadAsync(manifest)));
            _byUse.AddFirst(node);
            found = node.Value.Predictor;
            if (_byUse.Count > options.Value.WarmModels)
            {
                retired = _byUse.Last!.Value.Predictor;
                _byUse.RemoveLast();
            }
        }

        if (retired is not null)
            await RetireAsync(retired);
        try
        {
            return await found;
        }
        catch
        {
            Forget(manifest.Model.Sha256, found);
            throw;
        }
    }

    private async Task<Predictor> LoadAsync(RunManifest manifest) =>
        await Task.Run(async () =>
        {
            using var model = await models.LoadAsync(manifest, CancellationToken.None);
            return new Predictor(model);
        });

    // What could not be loaded is tried anew by the next caller.
    private void Forget(string digest, Task<Predictor> failed)
    {
        lock (_lock)
            _byUse.Remove((digest, failed));
    }

    private static async Task RetireAsync(Task<Predictor> predictor)
    {
        await ((Task)predictor).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (predictor.IsCompletedSuccessfully)
            await (await predictor).DisposeAsync();
    }
}
