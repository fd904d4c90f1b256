using System.Text.Json;
using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.EndToEnd.Tests;

[Collection(PipelineTests.Name)]
public sealed class CommandLineTests(FinishedPipeline pipeline)
{
    private const int Patience = 300_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task One_command_goes_from_nothing_to_an_evaluated_model_in_one_document()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["pipeline", "--json", "--scenes", "20", "--epochs", "1", "--size", "64", "--batch", "8", "--seed", "3", "--figure", folder["figure.png"]];
        var (code, output, errors) = await RunAsync(arguments);
        code.ShouldBe(0, errors);
        var document = JsonElement.Parse(output);
        document.GetProperty("dataset").GetProperty("state").GetString().ShouldBe("STATE_SUCCEEDED");
        var run = document.GetProperty("trainingRun");
        run.GetProperty("epochs").GetArrayLength().ShouldBe(1);
        document.GetProperty("evaluation").GetProperty("report").GetProperty("meanIou").GetDouble().ShouldBeInRange(0, 1);
        document.GetProperty("run").GetProperty("name").GetString().ShouldBe(run.GetProperty("metricsRun").GetString());
        (await File.ReadAllBytesAsync(folder["figure.png"], Cancellation))[..4].ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G']);
    }

    [Fact(Timeout = Patience)]
    public async Task A_failure_of_the_work_is_an_exit_code_and_one_line_that_names_the_cure()
    {
        var (code, _, errors) = await RunAsync("dataset", "prepare", "--coco", "/nowhere/at/all");
        code.ShouldNotBe(0);
        errors.ShouldContain("/nowhere/at/all");
        errors.ShouldNotContain("   at ");
    }

    [Fact(Timeout = Patience)]
    public async Task An_exported_model_predicts_without_services_what_the_service_predicts()
    {
        using var folder = new TemporaryFolder();
        await ScenesGenerator.GenerateAsync(folder.FullName, new SceneOptions { Count = 1, Size = 200, Seed = 5 }, cancellationToken: Cancellation);
        var image = Directory.EnumerateFiles(folder["images"]).Single();
        (await RunAsync("export", "--model", pipeline.Run.Name, "--out", folder["model.onnx"])).Code.ShouldBe(0);
        (await RunAsync("predict", image, "--model", pipeline.Run.Name, "--out", folder["service"])).Code.ShouldBe(0);

        // Nothing listens there.
        var (code, _, errors) = await RunAsync("predict", image, "--model", folder["model.onnx"], "--runtime", "onnx", "--out", folder["alone"], "--endpoint", "evaluator=http://127.0.0.1:9");

        code.ShouldBe(0, errors);
        var name = Path.GetFileNameWithoutExtension(image) + ".mask.png";
        var (mine, theirs) = (await MaskAsync(folder["alone"], name), await MaskAsync(folder["service"], name));
        (mine.Width, mine.Height).ShouldBe((theirs.Width, theirs.Height));

        (await RunAsync("predict", image, "--model", pipeline.Run.Name, "--runtime", "onnx", "--out", folder["fetched"])).Code.ShouldBe(0);
        (await MaskAsync(folder["fetched"], name)).Pixels.ShouldBe(mine.Pixels);

        // Rounding may decide where two classes are as good as equal.
        mine.Pixels.Zip(theirs.Pixels, (a, b) => a == b ? 0 : 1).Sum().ShouldBeLessThan(mine.Pixels.Length / 200);
    }

    [Fact(Timeout = Patience)]
    public async Task A_file_that_is_no_model_is_named()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["broken.onnx"], "no model", Cancellation);

        var (code, _, errors) = await RunAsync("predict", "x.jpg", "--model", folder["broken.onnx"], "--runtime", "onnx");

        code.ShouldBe(1);
        errors.ShouldContain("broken.onnx");
    }

    private static async Task<IndexMask> MaskAsync(string folder, string name) =>
        PalettePng.Decode(await File.ReadAllBytesAsync(Path.Combine(folder, name), Cancellation), name);

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var command = ProgramProcess.Start("Cli", arguments, new Dictionary<string, string?> { ["MASKWRIGHT_DATA"] = pipeline.Application.DataDirectory });
        var code = await command.ExitAsync(Cancellation);
        return (code, command.Output, command.Errors);
    }
}
