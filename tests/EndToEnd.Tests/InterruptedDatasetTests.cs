using Grpc.Core;
using Maskwright.Artifacts;
using Maskwright.Dataset.V1;
using Maskwright.Datasets;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>Preparations that are killed or cancelled, with a real store beside.</summary>
public sealed class InterruptedDatasetTests : IAsyncLifetime
{
    private const int Patience = 180_000;
    private const int Scenes = 150;

    private readonly TemporaryFolder _folder = new();
    private readonly int _storagePort = LoneService.FreePort();
    private readonly int _grpcPort = LoneService.FreePort();
    private readonly int _httpPort = LoneService.FreePort();
    private ProgramProcess _store = null!;
    private ObjectStorage _storage = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await ScenesGenerator.GenerateAsync(_folder["scenes"], new SceneOptions { Count = Scenes }, cancellationToken: Cancellation);
        _store = await LoneService.StartStoreAsync(_storagePort, _folder["objects"], Cancellation);
        _storage = new ObjectStorage(new StorageOptions
        {
            Endpoint = new Uri($"http://127.0.0.1:{_storagePort}"), AccessKey = LoneService.AccessKey, SecretKey = LoneService.SecretKey, Bucket = "maskwright",
        });
    }

    public async ValueTask DisposeAsync()
    {
        _storage.Dispose();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task A_service_killed_in_any_stage_takes_its_dataset_up_again_and_ends_with_the_same_bytes()
    {
        var digests = new List<string>();
        foreach (var stage in (string[])["scan", "rasterise", "commit"])
        {
            var id = $"killed-in-{stage}";
            await using (var service = Start())
            {
                using var channel = Connect(out var datasets);
                await CreateAsync(datasets, id);
                await ReachAsync(datasets, id, stage);
                service.Signal(ProgramProcess.SigKill);
                await service.ExitAsync(Cancellation);
            }

            await using (var again = Start())
            {
                using var channel = Connect(out var datasets);
                var ended = await EndAsync(datasets, id);
                ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);
                digests.Add(ended.Digest);
            }

            var manifest = (await DatasetReader.OpenAsync(_storage, id, Cancellation)).Manifest;
            (await _storage.KeysAsync(DatasetKeys.Prefix(id), Cancellation)).Count.ShouldBe(
                2 + manifest.Splits.Values.Sum(split => 2 * split.Shards.Count) + 1 + manifest.Pictures.Count, "manifest, state, shards, statistics, pictures");
        }

        digests.Distinct().ShouldHaveSingleItem();
    }

    [Fact(Timeout = Patience)]
    public async Task A_service_killed_while_it_draws_leaves_no_scenes_behind_once_it_has_taken_its_dataset_up_again()
    {
        var request = new CreateDatasetRequest
        {
            DatasetId = "drawn",
            Dataset = new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = 40 } },
        };
        await using (var service = Start())
        {
            using var channel = Connect(out var datasets);
            await OnceReadyAsync(() => datasets.CreateDatasetAsync(request, new CallOptions(cancellationToken: Cancellation).WithWaitForReady()));
            await ReachAsync(datasets, "drawn", "draw");
            service.Signal(ProgramProcess.SigKill);
            await service.ExitAsync(Cancellation);
        }

        await using (var again = Start())
        {
            using var channel = Connect(out var datasets);
            (await EndAsync(datasets, "drawn")).State.ShouldBe(State.Succeeded);
        }

        Directory.EnumerateFileSystemEntries(_folder[Path.Combine("downloads", "scenes")]).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_cancelled_dataset_leaves_its_record_and_nothing_else()
    {
        await using var service = Start();
        using var channel = Connect(out var datasets);
        foreach (var stage in (string[])["scan", "rasterise"])
        {
            var id = $"cancelled-in-{stage}";
            await CreateAsync(datasets, id);
            await ReachAsync(datasets, id, stage);
            await datasets.CancelDatasetAsync(new CancelDatasetRequest { Name = $"datasets/{id}" }, cancellationToken: Cancellation);
            (await datasets.EndAsync($"datasets/{id}", Cancellation)).State.ShouldBe(State.Cancelled);
            (await _storage.KeysAsync(DatasetKeys.Prefix(id), Cancellation)).ShouldBe([$"datasets/{id}/state.json"]);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task An_identical_request_is_answered_by_what_is_there_until_the_folder_changes()
    {
        await using var service = Start();
        using var channel = Connect(out var datasets);
        var first = await CreateAsync(datasets, "");
        (await datasets.EndAsync(first.Name, Cancellation)).State.ShouldBe(State.Succeeded);
        (await CreateAsync(datasets, "")).Name.ShouldBe(first.Name);
        (await CreateAsync(datasets, "", seed: 5)).Name.ShouldNotBe(first.Name);
        await File.WriteAllTextAsync(Path.Combine(_folder["scenes"], "images", "notes.txt"), "added", Cancellation);
        (await CreateAsync(datasets, "")).Name.ShouldNotBe(first.Name);
    }

    private ProgramProcess Start() => LoneService.Start(
        "DatasetPrep", _folder.FullName, _grpcPort, _httpPort, _storagePort, settings: ("Datasets__DownloadDirectory", _folder["downloads"]));

    private Grpc.Net.Client.GrpcChannel Connect(out DatasetService.DatasetServiceClient datasets)
    {
        var channel = Clients.Connect(new Uri($"http://127.0.0.1:{_grpcPort}"));
        datasets = new DatasetService.DatasetServiceClient(channel);
        return channel;
    }

    private async Task<Dataset.V1.Dataset> CreateAsync(DatasetService.DatasetServiceClient datasets, string id, ulong seed = 0) => await OnceReadyAsync(() =>
        datasets.CreateDatasetAsync(
            new CreateDatasetRequest
            {
                DatasetId = id,
                Dataset = new Dataset.V1.Dataset { CocoFolder = new CocoFolder { Path = _folder["scenes"] }, Options = new Dataset.V1.PreparationOptions { Seed = seed } },
            },
            new CallOptions(cancellationToken: Cancellation).WithWaitForReady()));

    private static Task<Dataset.V1.Dataset> EndAsync(DatasetService.DatasetServiceClient datasets, string id) => OnceReadyAsync(async () =>
    {
        await datasets.GetDatasetAsync(new GetDatasetRequest { Name = $"datasets/{id}" }, new CallOptions(cancellationToken: Cancellation).WithWaitForReady());
        return await datasets.EndAsync($"datasets/{id}", Cancellation);
    });

    private static Task<T> OnceReadyAsync<T>(Func<AsyncUnaryCall<T>> call) => OnceReadyAsync(async () => await call());

    /// <summary>A service that has not read its records yet is asked again.</summary>
    private static async Task<T> OnceReadyAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (RpcException failure) when (failure.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), Cancellation);
            }
        }
    }

    private static async Task ReachAsync(DatasetService.DatasetServiceClient datasets, string id, string stage)
    {
        using var call = datasets.WatchDataset(new WatchDatasetRequest { Name = $"datasets/{id}" }, cancellationToken: Cancellation);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
            if (answer.Dataset.Progress?.Stage == stage)
                return;
    }
}
