using Maskwright.Dataset.V1;
using Maskwright.Testing;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

public sealed class ExternalStorageTests
{
    private const int Patience = 240_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task The_application_works_on_a_server_it_did_not_start_and_starts_no_store_of_its_own()
    {
        Assert.SkipWhen(CephServer.Missing is not null, CephServer.Missing ?? "");
        await using var server = await CephServer.StartAsync(Cancellation);
        await using var application = await Application.StartAsync(server.Options);

        application.Endpoints.ShouldNotContainKey("storage");
        application.ProcessesEndingWith("ObjectStore.dll").ShouldBeEmpty();
        var dataset = await application.Clients.Datasets.CreateDatasetAsync(
            new CreateDatasetRequest { Dataset = new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = 20 } } }, cancellationToken: Cancellation);
        (await application.Clients.Datasets.EndAsync(dataset.Name, Cancellation)).State.ShouldBe(State.Succeeded);
        (await application.Storage.ListAsync(dataset.Name, Cancellation).CountAsync(Cancellation)).ShouldBeGreaterThan(0);
        (await application.Storage.StatAsync($"{dataset.Name}/manifest.json", Cancellation)).ShouldNotBeNull();
    }
}
