using System.Text;
using Maskwright.Testing;

namespace Maskwright.Artifacts.Tests;

public sealed class ArtifactVerificationTests(StoreServer server) : IClassFixture<StoreServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_evaluation_is_verified_with_its_model_and_its_dataset_each_once()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        var evaluation = await artifacts.PipelineAsync();
        var last = default(ObjectProgress);
        var report = await ArtifactVerification.RunAsync(artifacts.Storage, [evaluation.Manifest], new Reporter(progress => last = progress), Ct);
        report.Failures.ShouldBeEmpty();
        report.Manifests.ShouldBe(["evaluations/e/report.json", "runs/r/manifest.json", "datasets/d/manifest.json"]);
        report.Objects.ShouldBe(4);
        report.Bytes.ShouldBe("datasets/d/train/shard-00000.tar".Length + "datasets/d/statistics.json".Length + "runs/r/best.safetensors".Length + "evaluations/e/figure.png".Length);
        last.ShouldNotBeNull().TotalBytes.ShouldBe(report.Bytes);
    }

    [Fact]
    public async Task Every_object_that_fails_is_named_and_the_others_are_read_all_the_same()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        var evaluation = await artifacts.PipelineAsync();
        await artifacts.Storage.PutAsync("datasets/d/statistics.json", "datasets/D/statistics.json"u8.ToArray(), "text/plain", Ct);
        await artifacts.Storage.PutAsync("runs/r/best.safetensors", "short"u8.ToArray(), "text/plain", Ct);
        await artifacts.Storage.DeleteAsync("evaluations/e/figure.png", Ct);

        var report = await ArtifactVerification.RunAsync(artifacts.Storage, [evaluation.Manifest], cancellationToken: Ct);
        report.Failures.Select(failure => (failure.Key, failure.NamedBy)).ShouldBe([
            ("evaluations/e/figure.png", "evaluations/e/report.json"),
            ("runs/r/best.safetensors", "runs/r/manifest.json"),
            ("datasets/d/statistics.json", "datasets/d/manifest.json")]);
        report.Failures[0].Problem.ShouldContain("There is no");
        report.Failures[1].Problem.ShouldContain("has 5 bytes");
        report.Failures[2].Problem.ShouldContain("SHA-256");
    }

    [Fact]
    public async Task A_byte_that_changed_within_an_object_in_parts_is_noticed()
    {
        await using var own = new StoreServer();
        await own.StartAsync();
        using var storage = await own.OpenAsync();
        var bytes = new byte[20_000_000];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i >> 3);
        var entry = await storage.PutAsync("runs/r/best.safetensors", bytes, "application/octet-stream", Ct);
        await storage.PutAsync("runs/r/manifest.json", Encoding.UTF8.GetBytes($$$"""{"version": 1, "model": {"key": "{{{entry.Key}}}", "size": {{{entry.Size}}}, "sha256": "{{{entry.Sha256}}}"}}"""), "application/json", Ct);
        (await ArtifactVerification.RunAsync(storage, ["runs/r/manifest.json"], cancellationToken: Ct)).Failures.ShouldBeEmpty();

        var part = Directory.EnumerateFiles(Path.Combine(own.Folder, "parts"), "part-00002", SearchOption.AllDirectories).Single();
        await using (var file = File.OpenWrite(part))
        {
            file.Position = 1_000;
            file.WriteByte((byte)~bytes[(6 * 1024 * 1024) + 1_000]);
        }

        (await ArtifactVerification.RunAsync(storage, ["runs/r/manifest.json"], cancellationToken: Ct)).Failures.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(failure => failure.Key.ShouldBe(entry.Key), failure => failure.Problem.ShouldContain("SHA-256"));
        await Should.ThrowAsync<ArtifactException>(async () =>
        {
            await using var stream = new VerifiedStream(await storage.OpenReadAsync(entry.Key, Ct), entry);
            await stream.CopyToAsync(Stream.Null, Ct);
        });
    }

    [Fact]
    public async Task A_manifest_that_was_replaced_or_is_missing_or_is_none_is_named()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        var evaluation = await artifacts.PipelineAsync();
        await artifacts.Storage.PutAsync("datasets/d/manifest.json", Encoding.UTF8.GetBytes("""{"version": 1}"""), "application/json", Ct);
        var replaced = (await ArtifactVerification.RunAsync(artifacts.Storage, [evaluation.Manifest], cancellationToken: Ct)).Failures;
        replaced.Select(failure => (failure.Key, failure.NamedBy)).ShouldBe([
            ("datasets/d/manifest.json", "evaluations/e/report.json"), ("datasets/d/manifest.json", "runs/r/manifest.json")]);
        replaced.ShouldAllBe(failure => failure.Problem.Contains("not the one that was used"));

        await artifacts.Storage.PutAsync("datasets/d/manifest.json", "{"u8.ToArray(), "application/json", Ct);
        await artifacts.Storage.DeleteAsync("runs/r/manifest.json", Ct);
        (await ArtifactVerification.RunAsync(artifacts.Storage, [evaluation.Manifest, "datasets/none/manifest.json"], cancellationToken: Ct)).Failures.Select(failure => failure.Key)
            .ShouldBe(["datasets/none/manifest.json", "runs/r/manifest.json", "datasets/d/manifest.json"]);
    }

    [Fact]
    public async Task Storage_that_is_gone_is_no_failing_object()
    {
        using var storage = new ObjectStorage(server.Options with { SecretKey = "wrong-secret" });
        (await Should.ThrowAsync<StorageException>(() => ArtifactVerification.RunAsync(storage, ["datasets/d/manifest.json"], cancellationToken: Ct)))
            .Kind.ShouldBe(StorageFailure.AccessDenied);
    }

    [Theory]
    [InlineData("""{"version": 1, "o": {"key": "a", "size": -1, "sha256": "0000000000000000000000000000000000000000000000000000000000000000"}}""", "-1 bytes")]
    [InlineData("""{"version": 1, "o": {"key": "a/../b", "size": 1, "sha256": "0000000000000000000000000000000000000000000000000000000000000000"}}""", "a/../b")]
    [InlineData("""{"version": 1, "o": {"key": "a", "size": 1, "sha256": "12"}}""", "not a SHA-256")]
    [InlineData("""{"version": 1, "o": {"manifest": "a", "sha256": "zz"}}""", "not a SHA-256")]
    [InlineData("""{"o": 1}""", "no number 'version'")]
    public void What_cannot_be_a_reference_is_refused(string json, string problem)
    {
        var error = Should.Throw<ArtifactException>(() => ManifestReferences.Read("m.json", Encoding.UTF8.GetBytes(json)));
        error.Artifact.ShouldBe("m.json");
        error.Problem.ShouldContain(problem);
    }

    private sealed class Reporter(Action<ObjectProgress> report) : IProgress<ObjectProgress>
    {
        public void Report(ObjectProgress value) => report(value);
    }
}
