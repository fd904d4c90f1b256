using Maskwright.AppHost;

namespace Maskwright.Hosting.Tests;

public sealed class AppHostArgumentsTests
{
    [Fact]
    public void Without_arguments_the_services_run_on_the_users_data()
    {
        var options = AppHostArguments.Parse([]);

        options.Answer.ShouldBeNull();
        options.Quickstart.ShouldBeFalse();
        Path.IsPathRooted(options.DataDirectory).ShouldBeTrue();
        options.Settings.ShouldBe([$"Embedded:EndpointsFile={options.DataDirectory}/endpoints.json"]);
    }

    [Fact]
    public void The_quickstart_hands_its_options_on_to_the_pipeline()
    {
        var options = AppHostArguments.Parse(["--quickstart", "--epochs", "3", "--size=128", "--preset", "report", "--figure", "out/figure.png", "--exit", "--data-dir", "data", "--Parameters:storage-secret-key=x"]);

        options.Answer.ShouldBeNull();
        options.Quickstart.ShouldBeTrue();
        options.PipelineArguments.ShouldBe(["pipeline", "--epochs", "3", "--size", "128", "--preset", "report", "--figure", Path.GetFullPath("out/figure.png")]);
        options.DataDirectory.ShouldBe(Path.GetFullPath("data"));
        options.Settings.ShouldBe(["--Parameters:storage-secret-key=x", $"Embedded:EndpointsFile={Path.GetFullPath("data/endpoints.json")}", "Embedded:ExitWith=pipeline"]);
    }

    [Theory]
    [InlineData(nameof(StorageKind.Embedded))]
    [InlineData(nameof(StorageKind.Embedded), "--storage", "embedded")]
    [InlineData(nameof(StorageKind.Container), "--storage=container")]
    [InlineData(nameof(StorageKind.External), "--storage", "external", "--ConnectionStrings:artifacts=Endpoint=http://127.0.0.1:9000")]
    public void Storage_is_embedded_unless_another_is_chosen(string kind, params string[] args)
    {
        var options = AppHostArguments.Parse(args);

        options.Answer.ShouldBeNull();
        options.Storage.ToString().ShouldBe(kind);
    }

    [Fact]
    public void A_relative_data_folder_starts_at_the_working_directory()
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, AppContext.BaseDirectory);
        AppHostArguments.Parse(["--quickstart", "--data", relative]).PipelineArguments.ShouldBe(["pipeline", "--data", Path.GetFullPath(relative)]);
    }

    [Theory]
    [InlineData("Unknown argument '--quickstrat'.", "--quickstrat")]
    [InlineData("Unknown argument 'quickstart'.", "quickstart")]
    [InlineData("Unknown argument '--exit=yes'.", "--quickstart", "--exit=yes")]
    [InlineData("--epochs: 'many' is not a whole number of at least 1.", "--quickstart", "--epochs", "many")]
    [InlineData("--epochs: '0' is not a whole number of at least 1.", "--quickstart", "--epochs=0")]
    [InlineData("--epochs needs a value.", "--quickstart", "--epochs")]
    [InlineData("--data needs a value.", "--quickstart", "--data", "--exit")]
    [InlineData("--exit goes with --quickstart only.", "--exit")]
    [InlineData("--dashboard-otlp: 'here' is not a URL such as http://127.0.0.1:4317.", "--dashboard-otlp", "here")]
    [InlineData("--storage: 'cloud' is none of embedded, container and external.", "--storage", "cloud")]
    [InlineData("--storage: '1' is none of embedded, container and external.", "--storage=1")]
    [InlineData("--data: there is no folder /no/such/folder. Give a COCO folder: images and an instances_*.json.", "--quickstart", "--data", "/no/such/folder")]
    [InlineData("publish needs a target: compose or kubernetes.", "publish", "helm", "--output", "out")]
    [InlineData("publish needs --output DIR.", "publish", "compose")]
    [InlineData("--output, --image-prefix and --gpus go with publish only.", "--gpus", "2")]
    [InlineData("--gpus: 'some' is not a whole number.", "publish", "compose", "--output", "out", "--gpus", "some")]
    [InlineData("--quickstart runs the pipeline and does not go with publish.", "publish", "compose", "--output", "out", "--quickstart")]
    public void A_command_line_that_is_wrong_is_refused_with_the_reason(string reason, params string[] args)
    {
        var options = AppHostArguments.Parse(args);

        options.ExitCode.ShouldBe(2);
        options.Answer.ShouldNotBeNull().ShouldStartWith(reason + "\n\n");
        options.Answer.ShouldContain("Usage: dotnet run --project AppHost");
    }

    [Theory]
    [InlineData("kubernetes", "1")]
    [InlineData("compose", "0")]
    [InlineData("compose", "2", "--gpus", "2")]
    [InlineData("kubernetes", "0", "--gpus", "0")]
    public void The_trainer_gets_a_gpu_on_a_cluster_unless_told_otherwise(string target, string gpus, params string[] more)
    {
        var options = AppHostArguments.Parse(["publish", target, "--output", "out", .. more]);

        options.Answer.ShouldBeNull();
        options.Settings.ShouldContain($"Embedded:Publish:Target={target}");
        options.Settings.ShouldContain($"Embedded:Publish:Output={Path.GetFullPath("out")}");
        options.Settings.ShouldContain($"Embedded:Publish:Gpus:trainer={gpus}");
        options.Settings.Contains("Embedded:Publish:Properties:trainer=TorchBackend=cuda").ShouldBe(gpus != "0");
    }

    [Fact]
    public void Help_is_no_failure()
    {
        var options = AppHostArguments.Parse(["--quickstart", "--help"]);
        options.ExitCode.ShouldBe(0);
        options.Answer.ShouldNotBeNull().ShouldContain("--quickstart");
    }
}
