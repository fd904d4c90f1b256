using System.Text;
using Maskwright.Artifacts;

namespace Maskwright.Testing;

/// <summary>A bucket of its own with small artifacts in it.</summary>
internal sealed class ArtifactFixture : IDisposable
{
    private ArtifactFixture(ObjectStorage storage) => Storage = storage;

    public ObjectStorage Storage { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ArtifactFixture> CreateAsync(StoreServer server) => new(await server.OpenAsync($"a{Guid.NewGuid():n}"));

    /// <summary>Stores the objects and the manifest that names them and its inputs.</summary>
    public async Task<LineageLink> CommitAsync(string manifest, IEnumerable<string> objects, params LineageLink[] inputs)
    {
        var entries = new List<string>();
        foreach (var key in objects)
        {
            var entry = await PutAsync(key);
            entries.Add($$"""{"key": "{{entry.Key}}", "size": {{entry.Size}}, "sha256": "{{entry.Sha256}}"}""");
        }

        var json = $$"""
            {"version": 1, "deep": {"list": [{{string.Join(", ", entries)}}]},
             "inputs": [{{string.Join(", ", inputs.Select(input => $$"""{"manifest": "{{input.Manifest}}", "sha256": "{{input.Sha256}}"}"""))}}]}
            """;
        await Storage.PutAsync(manifest, Encoding.UTF8.GetBytes(json), "application/json", Ct);
        return await new ManifestStore(Storage).LinkAsync(manifest, Ct);
    }

    /// <summary>Stores an object that holds its own key.</summary>
    public Task<ArtifactEntry> PutAsync(string key) => Storage.PutAsync(key, Encoding.UTF8.GetBytes(key), "text/plain", Ct);

    /// <summary>Stores the record of work in that state.</summary>
    public Task StateAsync(string prefix, string state) =>
        Storage.PutAsync($"{prefix}/state.json", Encoding.UTF8.GetBytes($$$"""{"version": 1, "resource": {"state": "{{{state}}}"}}"""), "application/json", Ct);

    /// <summary>A dataset, a run trained on it, and an evaluation of both.</summary>
    public async Task<LineageLink> PipelineAsync()
    {
        var dataset = await CommitAsync("datasets/d/manifest.json", ["datasets/d/train/shard-00000.tar", "datasets/d/statistics.json"]);
        var run = await CommitAsync("runs/r/manifest.json", ["runs/r/best.safetensors"], dataset);
        return await CommitAsync("evaluations/e/report.json", ["evaluations/e/figure.png"], run, dataset);
    }

    public async Task<List<string>> KeysAsync() => await Storage.ListAsync("", Ct).Select(item => item.Key).ToListAsync(Ct);

    public void Dispose() => Storage.Dispose();
}
