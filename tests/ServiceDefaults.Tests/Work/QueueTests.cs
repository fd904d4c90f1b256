using Google.Rpc;
using Grpc.Core;
using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.ServiceDefaults.Tests;

/// <summary>What tests of the queue share: a real store, a bucket for each test, and how refusals are read.</summary>
public abstract class QueueTests(StoreServer server) : IClassFixture<StoreServer>
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected StoreServer Server { get; } = server;

    protected Task<ObjectStorage> OpenStorageAsync() => Server.OpenAsync($"b-{Guid.NewGuid():N}");

    protected static Task Immediately<T>(T work, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Code and reason of the refusal.</summary>
    protected static async Task<(Code Code, string Reason, string Message)> RefusalOfAsync(Func<Task> call)
    {
        var exception = await Should.ThrowAsync<RpcException>(call);
        var status = RpcErrors.ToStatus(exception);
        return ((Code)status.Code, RpcErrors.ReasonOf(status), status.Message);
    }

    protected static Task<(Code Code, string Reason, string Message)> RefusalOfAsync(Action call) => RefusalOfAsync(() =>
    {
        call();
        return Task.CompletedTask;
    });
}
