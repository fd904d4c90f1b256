using Grpc.Core;
using Maskwright.Training.V1;

namespace Maskwright.EndToEnd.Tests;

public sealed class UnbuiltMethodTests(RunningApplication running)
{
    private const int Patience = 60_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Methods_not_built_yet_say_so_and_what_to_do_instead()
    {
        var trainer = running.Application.Clients.Trainer;
        var options = new CallOptions(cancellationToken: Cancellation);

        await RefuseAsync("ResumeTrainingRun", trainer.ResumeTrainingRunAsync(new ResumeTrainingRunRequest(), options));
    }

    private static async Task RefuseAsync<T>(string method, AsyncUnaryCall<T> call)
    {
        var failure = await call.ShouldFailAsync(StatusCode.Unimplemented, "NOT_BUILT_YET");
        failure.Status.Detail.ShouldStartWith($"{method} is part of the contract but not built in this version. ");
    }
}
