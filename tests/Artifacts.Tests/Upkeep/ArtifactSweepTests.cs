using Maskwright.Testing;

namespace Maskwright.Artifacts.Tests;

public sealed class ArtifactSweepTests(StoreServer server) : IClassFixture<StoreServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset Later => TimeProvider.System.GetUtcNow().AddMinutes(5);

    [Fact]
    public async Task What_no_manifest_names_goes_and_everything_else_stays()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        await artifacts.PipelineAsync();
        await artifacts.StateAsync("runs/r", "STATE_SUCCEEDED");
        await artifacts.PutAsync("sources/mine.jpg");
        await artifacts.PutAsync("datasets/readme.txt");
        var kept = await artifacts.KeysAsync();
        string[] leftovers = ["datasets/d/train/shard-00001.tar", "datasets/dead/train/shard-00000.tar", "runs/r/checkpoints/1.safetensors", "evaluations/gone/figure.png"];
        foreach (var key in leftovers)
            await artifacts.PutAsync(key);

        var sweep = new ArtifactSweep(artifacts.Storage, Later);
        var plan = await sweep.PlanAsync(Ct);
        plan.Objects.Select(item => item.Key).ShouldBe(leftovers);
        (plan.Manifests, plan.Named, plan.Working, plan.Recent).ShouldBe((3, 4, 0, 0));
        (await artifacts.KeysAsync()).Count.ShouldBe(kept.Count + leftovers.Length);

        (await sweep.DeleteAsync(plan, Ct)).Select(item => item.Key).ShouldBe(leftovers);
        (await artifacts.KeysAsync()).ShouldBe(kept);
        (await ArtifactVerification.RunAsync(artifacts.Storage, ["evaluations/e/report.json"], cancellationToken: Ct)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_passing_through_goes_when_it_is_old()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        await artifacts.PutAsync("exports/run/0123/run.zip");
        await artifacts.PutAsync("imports/abc.zip");
        await artifacts.PutAsync("imported/run/1/000000");

        (await new ArtifactSweep(artifacts.Storage, Later.AddDays(-1)).PlanAsync(Ct)).ShouldSatisfyAllConditions(
            young => young.Objects.ShouldBeEmpty(), young => young.Recent.ShouldBe(2));
        var sweep = new ArtifactSweep(artifacts.Storage, Later);
        (await sweep.DeleteAsync(await sweep.PlanAsync(Ct), Ct)).Select(item => item.Key).ShouldBe(["exports/run/0123/run.zip", "imports/abc.zip"]);
        (await artifacts.KeysAsync()).ShouldBe(["imported/run/1/000000"]);
    }

    [Theory]
    [InlineData("runs", "STATE_QUEUED", true)]
    [InlineData("runs", "STATE_RUNNING", true)]
    [InlineData("runs", "STATE_FAILED", true)]
    [InlineData("runs", "STATE_CANCELLED", true)]
    [InlineData("runs", "STATE_SUCCEEDED", false)]
    [InlineData("runs", "STATE_FROM_THE_FUTURE", true)]
    [InlineData("datasets", "STATE_QUEUED", true)]
    [InlineData("datasets", "STATE_RUNNING", true)]
    [InlineData("datasets", "STATE_FAILED", false)]
    [InlineData("evaluations", "STATE_CANCELLED", false)]
    public async Task Work_that_goes_on_or_may_be_resumed_keeps_its_objects_whatever_their_age(string prefix, string state, bool stays)
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        await artifacts.PutAsync($"{prefix}/w/part");
        await artifacts.StateAsync($"{prefix}/w", state);
        var plan = await new ArtifactSweep(artifacts.Storage, Later).PlanAsync(Ct);
        (plan.Objects.Count, plan.Working).ShouldBe(stays ? (0, 1) : (1, 0));
    }

    [Fact]
    public async Task What_is_young_stays()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        await artifacts.PutAsync("datasets/new/train/shard-00000.tar");
        await BeginUploadAsync(artifacts, "datasets/new/train/shard-00001.tar");
        var plan = await new ArtifactSweep(artifacts.Storage, TimeProvider.System.GetUtcNow().AddHours(-1)).PlanAsync(Ct);
        (plan.Objects.Count, plan.Uploads.Count, plan.Recent).ShouldBe((0, 0, 2));
    }

    [Fact]
    public async Task Uploads_that_a_crash_left_behind_go()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        await BeginUploadAsync(artifacts, "datasets/dead/train/shard-00000.tar");
        await BeginUploadAsync(artifacts, "runs/busy/best.safetensors");
        await artifacts.StateAsync("runs/busy", "STATE_RUNNING");
        await BeginUploadAsync(artifacts, "elsewhere/big");
        var sweep = new ArtifactSweep(artifacts.Storage, Later);
        var plan = await sweep.PlanAsync(Ct);
        plan.Uploads.ShouldHaveSingleItem().Key.ShouldBe("datasets/dead/train/shard-00000.tar");
        await sweep.DeleteAsync(plan, Ct);
        (await artifacts.Storage.ListUploadsAsync("", Ct).Select(upload => upload.Key).ToListAsync(Ct)).ShouldBe(["elsewhere/big", "runs/busy/best.safetensors"]);
    }

    [Fact]
    public async Task Work_that_begins_or_commits_between_plan_and_removal_loses_nothing()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        foreach (var key in new[] { "datasets/a/x", "datasets/b/x", "datasets/c/x", "datasets/d/x" })
            await artifacts.PutAsync(key);
        var sweep = new ArtifactSweep(artifacts.Storage, Later);
        var plan = await sweep.PlanAsync(Ct);
        plan.Objects.Count.ShouldBe(4);

        await artifacts.StateAsync("datasets/a", "STATE_RUNNING");
        await artifacts.CommitAsync("datasets/b/manifest.json", ["datasets/b/x"]);
        await artifacts.Storage.PutAsync("datasets/c/x", "rewritten"u8.ToArray(), "text/plain", Ct);
        (await sweep.DeleteAsync(plan, Ct)).Select(item => item.Key).ShouldBe(["datasets/d/x"]);
        (await artifacts.KeysAsync()).ShouldBe(["datasets/a/state.json", "datasets/a/x", "datasets/b/manifest.json", "datasets/b/x", "datasets/c/x"]);
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_read_stops_the_sweep()
    {
        using var artifacts = await ArtifactFixture.CreateAsync(server);
        await artifacts.PutAsync("datasets/d/x");
        await artifacts.Storage.PutAsync("datasets/d/manifest.json", "{"u8.ToArray(), "application/json", Ct);
        (await Should.ThrowAsync<ArtifactException>(() => new ArtifactSweep(artifacts.Storage, Later).PlanAsync(Ct))).Artifact.ShouldBe("datasets/d/manifest.json");
    }

    private static async Task BeginUploadAsync(ArtifactFixture artifacts, string key)
    {
        using var http = new HttpClient();
        await MultipartUpload.BeginAsync(new ObjectRequests(http, new UrlSigner(artifacts.Storage.Options, TimeProvider.System)), key, "text/plain", Ct);
    }
}
