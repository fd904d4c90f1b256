using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.Cli.Tests;

/// <summary><c>maskwright artifacts</c> on the real store.</summary>
public sealed class ArtifactsCommandTests(StoreServer server) : IClassFixture<StoreServer>, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maskwright-cli-artifacts-").FullName;
    private readonly Dictionary<string, string> _environment = [];
    private ArtifactFixture _artifacts = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private StorageOptions Options => _artifacts.Storage.Options;

    public async ValueTask InitializeAsync()
    {
        _artifacts = await ArtifactFixture.CreateAsync(server);
        await _artifacts.PipelineAsync();
        _environment["ConnectionStrings__artifacts"] = $"Endpoint={Options.Endpoint};AccessKey={Options.AccessKey};SecretKey={Options.SecretKey};Bucket={Options.Bucket}";
    }

    public ValueTask DisposeAsync()
    {
        _artifacts.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Ls_shows_folders_with_their_sums_and_opens_them_as_far_as_asked()
    {
        var run = await RunAsync("artifacts", "ls");
        run.Code.ShouldBe(0);
        var lines = run.Output.TrimEnd().Split('\n');
        lines.Length.ShouldBe(3);
        lines[0].ShouldEndWith("  datasets/  (3 objects)");
        lines[2].ShouldMatch(@"^ +\d+ B  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  runs/  \(2 objects\)$");

        (await RunAsync("artifacts", "ls", "datasets/d/", "-r")).Output.TrimEnd().Split('\n').Select(line => line[33..])
            .ShouldBe(["manifest.json", "statistics.json", "train/  (1 object)", "  shard-00000.tar"]);
        (await RunAsync("artifacts", "ls", "datasets/d/statistics.json")).Output.ShouldEndWith("  statistics.json\n");
        var json = (await RunAsync("artifacts", "ls", "runs", "--depth", "2", "--json")).Json;
        json.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()).ShouldBe(["r/", "r/best.safetensors", "r/manifest.json"]);
        (await RunAsync("artifacts", "ls", "nowhere")).Code.ShouldBe(1);
        (await RunAsync("artifacts", "ls", "data")).Code.ShouldBe(1);
    }

    [Fact]
    public async Task Cat_writes_the_bytes_and_nothing_else()
    {
        var run = await RunAsync("artifacts", "cat", "runs/r/best.safetensors");
        run.Code.ShouldBe(0);
        run.Bytes.ShouldBe("runs/r/best.safetensors"u8.ToArray());
        (run.Output, run.Error).ShouldBe(("", ""));
        var absent = await RunAsync("artifacts", "cat", "runs/r/none");
        (absent.Code, absent.Bytes.Length).ShouldBe((1, 0));
        absent.Error.ShouldContain("runs/r/none");
        (await RunAsync("artifacts", "cat", "a/../b")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task Verify_ends_with_1_and_names_what_fails()
    {
        var well = await RunAsync("artifacts", "verify", "evaluations/e");
        well.Code.ShouldBe(0);
        well.Output.ShouldContain("All is well: 3 manifests and 4 objects");

        await _artifacts.Storage.PutAsync("datasets/d/statistics.json", "datasets/D/statistics.json"u8.ToArray(), "text/plain", Ct);
        var damaged = await RunAsync("artifacts", "verify", "trainingRuns/r");
        damaged.Code.ShouldBe(1);
        damaged.Output.ShouldContain("FAILED datasets/d/statistics.json (named by datasets/d/manifest.json)");
        var json = await RunAsync("artifacts", "verify", "--all", "--json");
        json.Code.ShouldBe(1);
        json.Json.GetProperty("failures").EnumerateArray().ShouldHaveSingleItem().GetProperty("key").GetString().ShouldBe("datasets/d/statistics.json");
        json.Json.GetProperty("manifests").GetArrayLength().ShouldBe(3);

        foreach (var wrong in new[] { new[] { "artifacts", "verify" }, ["artifacts", "verify", "x"], ["artifacts", "verify", "runs/r", "--all"] })
            (await RunAsync(wrong)).Code.ShouldBe(2);
    }

    [Fact]
    public async Task Gc_touches_nothing_until_it_is_told_to()
    {
        var kept = await _artifacts.KeysAsync();
        await _artifacts.PutAsync("datasets/dead/train/shard-00000.tar");
        (await RunAsync("artifacts", "gc", "--delete")).Output.ShouldContain("Removed 0 objects");

        var dry = await RunAsync("artifacts", "gc", "--older-than", "0");
        dry.Code.ShouldBe(0);
        dry.Output.ShouldContain("datasets/dead/train/shard-00000.tar\n");
        dry.Output.ShouldContain("Would remove 1 object,");
        dry.Error.ShouldContain("--delete");
        (await _artifacts.KeysAsync()).Count.ShouldBe(kept.Count + 1);

        var json = (await RunAsync("artifacts", "gc", "--older-than", "0", "--delete", "--json")).Json;
        json.GetProperty("deleted").GetBoolean().ShouldBeTrue();
        json.GetProperty("objects").EnumerateArray().ShouldHaveSingleItem().GetProperty("key").GetString().ShouldBe("datasets/dead/train/shard-00000.tar");
        (await _artifacts.KeysAsync()).ShouldBe(kept);
    }

    [Fact]
    public async Task Export_copies_what_was_asked_for_and_its_lineage_where_that_is_wanted()
    {
        (await RunAsync("artifacts", "export", "runs/r", "--out", "out")).Code.ShouldBe(0);
        Directory.EnumerateFiles(Path.Combine(_folder, "out"), "*", SearchOption.AllDirectories).Count().ShouldBe(2);
        var json = (await RunAsync("artifacts", "export", "evaluations/e", "--lineage", "--out", "out", "--json")).Json;
        (json.GetProperty("written").GetInt32(), json.GetProperty("kept").GetInt32()).ShouldBe((3, 1));
        await File.WriteAllTextAsync(Path.Combine(_folder, "out/runs/r/best.safetensors"), "mine", Ct);
        (await RunAsync("artifacts", "export", "runs/r", "--out", "out")).Code.ShouldBe(1);
    }

    [Fact]
    public async Task Storage_is_found_by_the_file_of_a_running_AppHost_and_its_secret_is_never_shown()
    {
        var connection = _environment["ConnectionStrings__artifacts"];
        _environment.Clear();
        (await RunAsync("artifacts", "ls")).Code.ShouldBe(3);
        await File.WriteAllTextAsync(Path.Combine(_folder, "endpoints.json"), $$$"""{"artifacts": {"connectionString": "{{{connection}}}"}}""", Ct);
        (await RunAsync("artifacts", "ls")).Code.ShouldBe(0);

        foreach (var (text, code) in new[] { ("SecretKey=s3cret;Endpoint=nowhere;AccessKey=a", 2), ("s3cret", 2), ("Endpoint=http://127.0.0.1:1;AccessKey=a;SecretKey=s3cret", 3), ($"Endpoint={Options.Endpoint};AccessKey=a;SecretKey=s3cret", 1) })
        {
            _environment["ConnectionStrings__artifacts"] = text;
            foreach (var arguments in new[] { new[] { "artifacts", "ls" }, ["artifacts", "ls", "--json"] })
            {
                var run = await RunAsync(arguments);
                run.Code.ShouldBe(code, text);
                (run.Output + run.Error).ShouldNotContain("s3cret");
            }
        }
    }

    private Task<CommandRun> RunAsync(params string[] arguments)
    {
        _environment["MASKWRIGHT_DATA"] = _folder;
        _environment["PWD"] = _folder;
        return CommandRun.OfAsync(_environment, arguments);
    }
}
