using Grpc.Core;
using Maskwright.Dataset.V1;
using Maskwright.Evaluation.V1;
using Maskwright.Metrics.V1;
using Maskwright.Training.V1;

namespace Maskwright.EndToEnd.Tests;

public sealed class UnbuiltMethodTests(RunningApplication running)
{
    private const int Patience = 60_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Methods_not_built_yet_say_so_and_what_to_do_instead()
    {
        var (datasets, trainer, evaluator, metrics) =
            (running.Application.Clients.Datasets, running.Application.Clients.Trainer, running.Application.Clients.Evaluator, running.Application.Clients.Metrics);
        var options = new CallOptions(cancellationToken: Cancellation);

        await RefuseAsync("ListSamples", datasets.ListSamplesAsync(new ListSamplesRequest(), options));
        await RefuseAsync("GetSample", datasets.GetSampleAsync(new GetSampleRequest(), options));
        await RefuseAsync("ResumeTrainingRun", trainer.ResumeTrainingRunAsync(new ResumeTrainingRunRequest(), options));
        await RefuseAsync("ExportOnnx", evaluator.ExportOnnxAsync(new ExportOnnxRequest(), options));
        await RefuseAsync("LogImages", metrics.LogImagesAsync(new LogImagesRequest(), options));
        await RefuseAsync("LogEvents", metrics.LogEventsAsync(new LogEventsRequest(), options));
        await RefuseAsync("CompareRuns", metrics.CompareRunsAsync(new CompareRunsRequest(), options));
        await RefuseAsync("TagRun", metrics.TagRunAsync(new TagRunRequest(), options));
        await RefuseAsync("NoteRun", metrics.NoteRunAsync(new NoteRunRequest(), options));
        await RefuseAsync("ExportRun", metrics.ExportRunAsync(new ExportRunRequest(), options));
        await RefuseAsync("ImportRun", metrics.ImportRunAsync(new ImportRunRequest(), options));

        using var watch = metrics.WatchMetrics(new WatchMetricsRequest(), options);
        Explain("WatchMetrics", await Should.ThrowAsync<RpcException>(watch.ToListAsync(Cancellation)));
    }

    private static async Task RefuseAsync<T>(string method, AsyncUnaryCall<T> call) => Explain(method, await call.ShouldFailAsync(StatusCode.Unimplemented, "NOT_BUILT_YET"));

    private static void Explain(string method, RpcException failure)
    {
        failure.StatusCode.ShouldBe(StatusCode.Unimplemented);
        failure.Status.Detail.ShouldStartWith($"{method} is part of the contract but not built in this version. ");
    }
}
