using Maskwright.Artifacts;
using Maskwright.Evaluation.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>One model measured by evaluators that compute with other numbers of threads.</summary>
[Collection(PipelineTests.Name)]
public sealed class EvaluationThreadsTests(FinishedPipeline pipeline)
{
    private const int Patience = 180_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task No_figure_depends_on_the_number_of_threads()
    {
        using var folder = new TemporaryFolder();
        var port = LoneService.FreePort();
        await using var store = await LoneService.StartStoreAsync(port, folder["objects"], Cancellation);
        using var storage = new ObjectStorage(StorageOptions.Parse(
            $"Endpoint=http://127.0.0.1:{port};AccessKey={LoneService.AccessKey};SecretKey={LoneService.SecretKey};Bucket=maskwright"));
        await storage.EnsureBucketAsync(Cancellation);
        foreach (var name in (string[])[pipeline.Dataset.Name, $"runs/{pipeline.Run.Name["trainingRuns/".Length..]}"])
            await CopyAsync(name + "/", storage);

        foreach (var threads in (int[])[1, 2, 5])
        {
            var report = await EvaluateAsync(folder.FullName, port, threads);

            report.ShouldBe(pipeline.Evaluation.Report, $"with {threads} threads");
            var hardware = (await storage.JsonAsync($"evaluations/threads-{threads}/report.json", Cancellation)).GetProperty("hardware").GetString();
            hardware.ShouldNotBeNull().ShouldContain($" {threads} threads");
        }
    }

    private async Task<Report> EvaluateAsync(string folder, int storagePort, int threads)
    {
        var port = LoneService.FreePort();
        await using var service = LoneService.Start(
            "Evaluator", folder, port, LoneService.FreePort(), storagePort, settings: ("MASKWRIGHT_THREADS", $"{threads}"));
        using var channel = Clients.Connect(new Uri($"http://127.0.0.1:{port}"));
        var evaluator = new EvaluationService.EvaluationServiceClient(channel);
        var created = await LoneService.OnceReadyAsync(
            options => evaluator.CreateEvaluationAsync(
                new CreateEvaluationRequest { EvaluationId = $"threads-{threads}", Evaluation = new Evaluation.V1.Evaluation { Model = pipeline.Run.Name } }, options),
            Cancellation);
        var ended = await evaluator.EndAsync(created.Name, Cancellation);
        ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);
        return ended.Report;
    }

    private async Task CopyAsync(string prefix, ObjectStorage storage)
    {
        foreach (var key in await pipeline.Application.Storage.KeysAsync(prefix, Cancellation))
            await storage.PutAsync(key, await pipeline.Application.Storage.GetAsync(key, Cancellation), "application/octet-stream", Cancellation);
    }
}
