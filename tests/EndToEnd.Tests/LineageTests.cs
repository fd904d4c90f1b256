using Maskwright.Artifacts;

namespace Maskwright.EndToEnd.Tests;

[Collection(PipelineTests.Name)]
public sealed class LineageTests(FinishedPipeline pipeline)
{
    private const int Patience = 120_000;

    private readonly ObjectStorage _storage = pipeline.Application.Storage;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Every_manifest_names_what_it_was_made_from()
    {
        var dataset = await _storage.JsonAsync(pipeline.Dataset.ManifestKey, Cancellation);
        dataset.GetProperty("digest").GetString().ShouldBe(pipeline.Dataset.Digest);

        var run = await _storage.JsonAsync(pipeline.Run.ManifestKey, Cancellation);
        $"datasets/{run.GetProperty("dataset").GetString()}".ShouldBe(pipeline.Dataset.Name);
        run.GetProperty("datasetDigest").GetString().ShouldBe(pipeline.Dataset.Digest);
        run.GetProperty("options").GetProperty("seed").GetUInt64().ShouldBe(pipeline.Run.Options.Seed);
        run.GetProperty("programVersion").GetString().ShouldBe(pipeline.Run.ProgramVersion);

        var report = await _storage.JsonAsync(pipeline.Evaluation.ReportKey, Cancellation);
        $"trainingRuns/{report.GetProperty("run").GetString()}".ShouldBe(pipeline.Run.Name);
        report.GetProperty("modelSha256").GetString().ShouldBe(pipeline.Run.ModelDigest);
        report.GetProperty("datasetDigest").GetString().ShouldBe(pipeline.Dataset.Digest);
    }

    [Fact(Timeout = Patience)]
    public async Task An_evaluation_verifies_down_to_the_last_object_of_its_dataset()
    {
        var report = await ArtifactVerification.RunAsync(_storage, [pipeline.Evaluation.ReportKey], cancellationToken: Cancellation);
        report.Failures.ShouldBeEmpty();
        report.Manifests.ShouldBe([pipeline.Evaluation.ReportKey, pipeline.Run.ManifestKey, pipeline.Dataset.ManifestKey]);
    }

    [Fact(Timeout = Patience)]
    public Task Every_resource_is_an_artifact_of_a_kind_that_is_known()
    {
        ArtifactKind.ManifestKeyOf(pipeline.Dataset.Name).ShouldBe(pipeline.Dataset.ManifestKey);
        ArtifactKind.ManifestKeyOf(pipeline.Run.Name).ShouldBe(pipeline.Run.ManifestKey);
        ArtifactKind.ManifestKeyOf(pipeline.Evaluation.Name).ShouldBe(pipeline.Evaluation.ReportKey);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Patience)]
    public async Task Nothing_lies_beside_what_the_manifests_name()
    {
        string[] manifests = [pipeline.Dataset.ManifestKey, pipeline.Run.ManifestKey, pipeline.Evaluation.ReportKey];
        foreach (var manifest in manifests)
        {
            var folder = manifest[..(manifest.LastIndexOf('/') + 1)];
            var named = StoredObjects.Entries(await _storage.JsonAsync(manifest, Cancellation)).Select(entry => entry.Key);

            // Samples that somebody has looked at are a cache, which the sweep may take.
            var keys = (await _storage.KeysAsync(folder, Cancellation)).Where(key => !key.StartsWith(folder + "samples/", StringComparison.Ordinal));
            keys.ShouldBe([manifest, folder + "state.json", .. named], ignoreOrder: true);
        }
    }
}
