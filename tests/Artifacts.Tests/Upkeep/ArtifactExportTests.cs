using System.Text;
using Maskwright.Testing;

namespace Maskwright.Artifacts.Tests;

public sealed class ArtifactExportTests(StoreServer server) : IClassFixture<StoreServer>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maskwright-export-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Objects_lie_at_their_keys_and_a_second_export_writes_nothing()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        var evaluation = await artifacts.PipelineAsync();
        var lineage = (await ArtifactLineage.ReadAsync(artifacts.Storage, [evaluation.Manifest], Ct)).Manifests;
        var report = await ArtifactExport.RunAsync(artifacts.Storage, lineage, _folder, cancellationToken: Ct);
        (report.Written, report.Kept).ShouldBe((4, 0));
        Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal).ShouldBe(await artifacts.KeysAsync());
        (await File.ReadAllTextAsync(Path.Combine(_folder, "runs/r/best.safetensors"), Ct)).ShouldBe("runs/r/best.safetensors");
        Digest.OfBytes(await File.ReadAllBytesAsync(Path.Combine(_folder, evaluation.Manifest), Ct)).ShouldBe(evaluation.Sha256);

        File.Delete(Path.Combine(_folder, "datasets/d/statistics.json"));
        report = await ArtifactExport.RunAsync(artifacts.Storage, lineage, _folder, cancellationToken: Ct);
        (report.Written, report.Kept).ShouldBe((1, 3));
    }

    [Fact]
    public async Task Another_file_in_the_place_of_an_object_is_never_overwritten()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        await artifacts.PipelineAsync();
        var path = Path.Combine(_folder, "runs/r/best.safetensors");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "mine", Ct);
        var run = await StoredManifest.ReadAsync(artifacts.Storage, "runs/r/manifest.json", Ct);
        (await Should.ThrowAsync<IOException>(() => ArtifactExport.RunAsync(artifacts.Storage, [run], _folder, cancellationToken: Ct))).Message.ShouldContain(path);
        (await File.ReadAllTextAsync(path, Ct)).ShouldBe("mine");
    }

    [Fact]
    public async Task An_object_that_is_damaged_leaves_no_file_and_no_manifest()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        await artifacts.PipelineAsync();
        await artifacts.Storage.PutAsync("runs/r/best.safetensors", "runs/r/BEST.safetensors"u8.ToArray(), "text/plain", Ct);
        var run = await StoredManifest.ReadAsync(artifacts.Storage, "runs/r/manifest.json", Ct);
        (await Should.ThrowAsync<ArtifactException>(() => ArtifactExport.RunAsync(artifacts.Storage, [run], _folder, cancellationToken: Ct))).Artifact.ShouldBe("runs/r/best.safetensors");
        Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_never_leads_out_of_the_folder()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        var outside = new StoredManifest("m/manifest.json", Encoding.UTF8.GetBytes("{}"), new ManifestReferences([new ArtifactEntry("../outside", 1, new string('0', 64))], []));
        await Should.ThrowAsync<ArtifactException>(() => ArtifactExport.RunAsync(artifacts.Storage, [outside], Path.Combine(_folder, "inner"), cancellationToken: Ct));
        Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }
}
