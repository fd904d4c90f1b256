using System.Text.Json;

namespace Maskwright.EndToEnd.Tests;

/// <summary>What a person does with a tracked run on the command line.</summary>
[Collection(PipelineTests.Name)]
public sealed class TrackedRunTests(FinishedPipeline pipeline)
{
    private const int Patience = 120_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Run => pipeline.Run.MetricsRun["runs/".Length..];

    [Fact(Timeout = Patience)]
    public async Task A_run_is_labelled_found_exported_imported_compared_watched_and_deleted()
    {
        using var folder = new TemporaryFolder();
        (await OkAsync("tag", Run, "team=vision", "keep")).ShouldContain("keep, team=vision");
        (await OkAsync("note", Run, "small but good")).ShouldContain("is set");
        (await OkAsync("list", "--filter", "tags.team = vision AND max(val/miou) >= 0", "--sort", "max(val/miou) desc")).ShouldContain(Run);
        (await OkAsync("list", "--filter", "tags.team = other")).ShouldNotContain(Run);

        await OkAsync("export", Run, "--out", folder["run.zip"]);
        await OkAsync("export", Run, "--format", "tensorboard", "--out", folder["logs/"]);
        Directory.EnumerateFiles(folder["logs"], "events.out.tfevents.*").ShouldHaveSingleItem();
        (await OkAsync("import", folder["run.zip"], "--id", "the-copy")).ShouldContain("runs/the-copy is imported");
        (await OkAsync("compare", Run, "the-copy")).ShouldContain("val/miou");
        using (var copy = JsonDocument.Parse(await OkAsync("show", "the-copy", "--json")))
        {
            copy.RootElement.GetProperty("note").GetString().ShouldBe("small but good");
            copy.RootElement.GetProperty("state").GetString().ShouldBe("RUN_STATE_SUCCEEDED");
        }

        await OkAsync("watch", "the-copy");
        (await RunAsync("delete", "the-copy")).Code.ShouldBe(2);
        (await OkAsync("delete", "the-copy", "--yes")).ShouldContain("is deleted");
        (await RunAsync("show", "the-copy")).Code.ShouldBe(1);
        (await RunAsync("list", "--filter", "colour = red")).Errors.ShouldContain("'colour' is no field");
        (await RunAsync("import", folder["logs"])).Code.ShouldBe(1);
    }

    private async Task<string> OkAsync(params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(arguments);
        code.ShouldBe(0, errors);
        return output;
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var command = ProgramProcess.Start(
            "Cli", ["runs", .. arguments], new Dictionary<string, string?> { ["MASKWRIGHT_DATA"] = pipeline.Application.DataDirectory });
        var code = await command.ExitAsync(Cancellation);
        return (code, command.Output, command.Errors);
    }
}
