using Maskwright.Dataset.V1;
using Maskwright.Testing;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

/// <summary>
/// <c>--storage container</c>. The image is a fake: MinIO's can't be fetched where tests run, so that this project's own store
/// stands in for it, which takes the keys by MinIO's names and starts with MinIO's arguments only. It sees the programs of this machine.
/// </summary>
/// <remarks>Among the tests of the one application, for these come one after the other: a browser among them drops what it loads when a container changes the machine's networks.</remarks>
[Collection(PipelineTests.Name)]
public sealed class ContainerStorageTests
{
    private const int Patience = 240_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Storage_in_a_container_is_used_as_any_other_and_keeps_its_objects_on_the_volume()
    {
        Assert.SkipWhen(Podman.Missing is not null, Podman.Missing ?? "");
        using var program = new TemporaryFolder();
        var store = CopyOfStore(program);
        var dotnet = ProgramProcess.DotnetHost();
        await using var podman = new Podman(["/usr", program.FullName, .. dotnet.StartsWith("/usr/", StringComparison.Ordinal) ? Array.Empty<string>() : [Path.GetDirectoryName(dotnet)!]]);
        var image = await podman.ImageAsync(["sh"], $"""
            [ "$*" = "server /data --console-address :9001" ] || exit 64
            export ObjectStore__AccessKey="$MINIO_ROOT_USER" ObjectStore__SecretKey="$MINIO_ROOT_PASSWORD" ObjectStore__DataDirectory=/data
            export ASPNETCORE_URLS=http://0.0.0.0:9000 DOTNET_EnableDiagnostics=0
            exec {dotnet} exec {store}
            """);
        var volume = $"maskwright-tests-{Guid.NewGuid():n}";
        string[] arguments =
        [
            "--storage", "container", $"--Embedded:ContainerEngine={podman.Client}", $"--Storage:Image={image}", "--Storage:Tag=1",
            $"--Storage:Volume={volume}", "--Storage:HealthPath=/health",
        ];
        try
        {
            string name;
            await using (var application = await Application.StartAsync(arguments: arguments))
            {
                (await podman.RunAsync(["ps", "--format", "{{.Image}} {{.Names}}"])).ShouldContain($"{image}:1 maskwright-storage-");
                var dataset = await application.Clients.Datasets.CreateDatasetAsync(
                    new CreateDatasetRequest { Dataset = new Dataset.V1.Dataset { GeneratedScenes = new GeneratedScenes { Count = 20 } } }, cancellationToken: Cancellation);
                var ended = await application.Clients.Datasets.EndAsync(dataset.Name, Cancellation);
                ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);
                name = dataset.Name;
            }

            (await podman.RunAsync(["ps", "--all", "--format", "{{.Image}}"])).ShouldNotContain(image);
            await using var again = await Application.StartAsync(arguments: arguments);
            (await LoneService.OnceReadyAsync(options => again.Clients.Datasets.GetDatasetAsync(new GetDatasetRequest { Name = name }, options), Cancellation)).State.ShouldBe(State.Succeeded);
            (await again.Storage.StatAsync($"{name}/manifest.json", Cancellation)).ShouldNotBeNull();
        }
        finally
        {
            await podman.RunAsync(["volume", "rm", "--force", volume]);
        }
    }

    // A build's output is links to where the files lie, which a container does not see.
    private static string CopyOfStore(TemporaryFolder folder)
    {
        var store = ProgramProcess.PathOf("ObjectStore");
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(store)!))
            File.Copy(file, folder[Path.GetFileName(file)]);
        return folder[Path.GetFileName(store)];
    }
}
