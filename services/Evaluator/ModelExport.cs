using System.Text;
using Maskwright.Artifacts;
using Maskwright.Evaluation.V1;
using Maskwright.Segmentation;
using Maskwright.Segmentation.Onnx;
using Maskwright.ServiceDefaults;

namespace Maskwright.Evaluator;

/// <summary>Writes models as ONNX files, once for each: asked again, the same file is answered.</summary>
internal sealed class ModelExport(ModelStore models, ObjectStorage storage, TimeProvider time)
{
    private static readonly TimeSpan UrlLifetime = TimeSpan.FromHours(1);

    /// <exception cref="Grpc.Core.RpcException">The name is malformed, or no such run has finished.</exception>
    public async Task<ExportOnnxResponse> ExportAsync(ExportOnnxRequest request, CancellationToken cancellationToken)
    {
        var run = await models.ManifestAsync(request.Model, "model", cancellationToken);

        // Of digests alone: a version may hold what an id may not.
        string version = Digest.OfBytes(Encoding.UTF8.GetBytes(ServiceDefaultsExtensions.ProgramVersion));
        string id = $"m-{run.Model.Sha256[..24]}-{version[..12]}";
        var store = new ManifestStore(storage);
        string key = ExportKeys.Manifest(id);
        var manifest = await store.TryReadAsync(key, RunJson.Default.ExportManifest, ExportManifest.CurrentVersion, cancellationToken);
        if (manifest is null)
        {
            await WriteAsync(store, key, id, run, cancellationToken);

            // Whoever was first: the file is the same, but for the time in the manifest.
            manifest = await store.ReadAsync(key, RunJson.Default.ExportManifest, ExportManifest.CurrentVersion, cancellationToken);
        }

        return new ExportOnnxResponse
        {
            ObjectKey = manifest.Onnx.Key,
            Sha256 = manifest.Onnx.Sha256,
            Size = manifest.Onnx.Size,
            Url = storage.PresignGet(manifest.Onnx.Key, UrlLifetime).OriginalString,
        };
    }

    private async Task WriteAsync(ManifestStore store, string key, string id, RunManifest run, CancellationToken cancellationToken)
    {
        using var model = await models.LoadAsync(run, cancellationToken);
        byte[] file = OnnxExport.Write(model, ServiceDefaultsExtensions.ProgramVersion);
        var manifest = new ExportManifest
        {
            Id = id,
            ProgramVersion = ServiceDefaultsExtensions.ProgramVersion,
            CreatedAt = time.GetUtcNow(),
            Inputs = [await store.LinkAsync(RunKeys.Manifest(run.Id), cancellationToken)],
            Onnx = await storage.PutAsync(ExportKeys.Onnx(id), file, "application/octet-stream", cancellationToken),
        };
        try
        {
            await store.CommitAsync(key, manifest, RunJson.Default.ExportManifest, cancellationToken);
        }
        catch (StorageException exception) when (exception.Kind == StorageFailure.PreconditionFailed)
        {
            // Another call has written it in this moment.
        }
    }
}
