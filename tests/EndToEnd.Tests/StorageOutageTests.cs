using Grpc.Core;
using Maskwright.Dataset.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

public sealed class StorageOutageTests : IDisposable
{
    private const int Patience = 180_000;

    private readonly TemporaryFolder _folder = new();
    private readonly int _storagePort = LoneService.FreePort();
    private readonly int _grpcPort = LoneService.FreePort();
    private readonly int _httpPort = LoneService.FreePort();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Patience)]
    public async Task Without_storage_a_service_stays_up_names_the_endpoint_and_works_once_storage_is_there()
    {
        await using var service = LoneService.Start("DatasetPrep", _folder.FullName, _grpcPort, _httpPort, _storagePort);
        await service.LineAsync(line => line.Contains("Records can't be read yet", StringComparison.Ordinal), Cancellation);
        using var channel = Clients.Connect(new Uri($"http://127.0.0.1:{_grpcPort}"));
        var datasets = new DatasetService.DatasetServiceClient(channel);
        var failure = await CreateAsync(datasets).ShouldFailAsync(StatusCode.Unavailable, "STORAGE_UNREACHABLE");
        failure.Status.Detail.ShouldContain($"http://127.0.0.1:{_storagePort}");
        failure.Status.Detail.ShouldContain("Check that the storage service is running");
        service.IsRunning.ShouldBeTrue();

        await using var store = await LoneService.StartStoreAsync(_storagePort, _folder["objects"], Cancellation);
        await ShouldPrepareAsync(datasets);
    }

    [Fact(Timeout = Patience)]
    public async Task Wrong_storage_keys_are_named_and_never_shown()
    {
        const string wrong = "not-the-secret-of-the-store";
        await using var store = await LoneService.StartStoreAsync(_storagePort, _folder["objects"], Cancellation);
        await using var service = LoneService.Start("DatasetPrep", _folder.FullName, _grpcPort, _httpPort, _storagePort, wrong);
        await service.LineAsync(line => line.Contains("Records can't be read yet", StringComparison.Ordinal), Cancellation);
        using var channel = Clients.Connect(new Uri($"http://127.0.0.1:{_grpcPort}"));
        var failure = await CreateAsync(new DatasetService.DatasetServiceClient(channel)).ShouldFailAsync(StatusCode.PermissionDenied, "STORAGE_ACCESS_DENIED");
        failure.Status.Detail.ShouldContain("Check AccessKey and SecretKey");
        service.IsRunning.ShouldBeTrue();
        (service.Output + service.Errors + failure.Status.Detail).ShouldNotContain(wrong);
    }

    [Fact(Timeout = Patience)]
    public async Task Storage_that_dies_in_the_middle_fails_the_work_and_the_service_goes_on_once_it_is_back()
    {
        var store = await LoneService.StartStoreAsync(_storagePort, _folder["objects"], Cancellation);
        await using var service = LoneService.Start("DatasetPrep", _folder.FullName, _grpcPort, _httpPort, _storagePort);
        using var channel = Clients.Connect(new Uri($"http://127.0.0.1:{_grpcPort}"));
        var datasets = new DatasetService.DatasetServiceClient(channel);
        var finished = await ShouldPrepareAsync(datasets);

        var doomed = await CreateAsync(datasets, scenes: 400);
        await DrawingAsync(datasets, doomed.Name);
        store.Signal(ProgramProcess.SigKill);
        await store.ExitAsync(Cancellation);
        await store.DisposeAsync();
        var ended = await datasets.EndAsync(doomed.Name, Cancellation);
        ended.State.ShouldBe(State.Failed);
        ended.Error.Reason().ShouldBe("STORAGE_UNREACHABLE");
        ended.Error.Message.ShouldContain($"http://127.0.0.1:{_storagePort}");
        await CreateAsync(datasets).ShouldFailAsync(StatusCode.Unavailable, "STORAGE_UNREACHABLE");
        (await datasets.GetDatasetAsync(new GetDatasetRequest { Name = finished.Name }, cancellationToken: Cancellation)).ShouldBe(finished);

        await using var again = await LoneService.StartStoreAsync(_storagePort, _folder["objects"], Cancellation);
        var after = await ShouldPrepareAsync(datasets);
        after.Digest.ShouldBe(finished.Digest);
    }

    [Fact(Timeout = Patience)]
    public async Task A_training_is_refused_while_storage_is_away()
    {
        var store = await LoneService.StartStoreAsync(_storagePort, _folder["objects"], Cancellation);
        await using var service = LoneService.Start("Trainer", _folder.FullName, _grpcPort, _httpPort, _storagePort);
        await service.LineAsync(line => line.Contains("records of trainingRuns read", StringComparison.Ordinal), Cancellation);
        await store.DisposeAsync();
        using var channel = Clients.Connect(new Uri($"http://127.0.0.1:{_grpcPort}"));

        var failure = await new TrainingService.TrainingServiceClient(channel).CreateTrainingRunAsync(
                new CreateTrainingRunRequest { TrainingRun = new TrainingRun { Dataset = "datasets/any" } }, new CallOptions(cancellationToken: Cancellation).WithWaitForReady())
            .ShouldFailAsync(StatusCode.Unavailable, "STORAGE_UNREACHABLE");

        failure.Status.Detail.ShouldContain($"http://127.0.0.1:{_storagePort}");
    }

    private static AsyncUnaryCall<Dataset.V1.Dataset> CreateAsync(DatasetService.DatasetServiceClient datasets, int scenes = 20) => datasets.CreateDatasetAsync(
        // An id of its own: without one an identical request is answered by the dataset that is there.
        new CreateDatasetRequest { DatasetId = $"d{Guid.NewGuid():n}", Dataset = new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = scenes } } },
        new CallOptions(cancellationToken: Cancellation).WithWaitForReady());

    /// <summary>Prepares a dataset; a service that has not read its records yet is asked again.</summary>
    private static async Task<Dataset.V1.Dataset> ShouldPrepareAsync(DatasetService.DatasetServiceClient datasets)
    {
        while (true)
        {
            try
            {
                var created = await CreateAsync(datasets);
                var ended = await datasets.EndAsync(created.Name, Cancellation);
                ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);
                return ended;
            }
            catch (RpcException failure) when (failure.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), Cancellation);
            }
        }
    }

    private static async Task DrawingAsync(DatasetService.DatasetServiceClient datasets, string name)
    {
        using var call = datasets.WatchDataset(new WatchDatasetRequest { Name = name }, cancellationToken: Cancellation);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            if (answer.Dataset.Progress?.Stage == "draw")
                return;
        }

        throw new InvalidOperationException($"{name} ended before it was drawn.");
    }
}
