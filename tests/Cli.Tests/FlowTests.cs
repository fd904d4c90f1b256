using Google.Protobuf.WellKnownTypes;
using Maskwright.Dataset.V1;
using Maskwright.Evaluation.V1;
using Maskwright.Training.V1;

namespace Maskwright.Cli.Tests;

public sealed class FlowTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maskwright-cli-").FullName;
    private FakeServices _fakes = null!;
    private Dictionary<string, string> _environment = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _fakes = await FakeServices.StartAsync();
        _environment = ServiceName.All.ToDictionary(name => $"services__{name}__grpc__0", _ => _fakes.Url);
        _environment["PWD"] = _folder;
    }

    public async ValueTask DisposeAsync()
    {
        await _fakes.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_relative_folder_reaches_the_service_as_an_absolute_one()
    {
        var run = await RunAsync("dataset", "prepare", "--coco", "some/where", "--max-images", "9", "--classes", "cat", "dog", "--seed", "7");
        run.Code.ShouldBe(0, run.Error);
        var dataset = _fakes.Script.One<CreateDatasetRequest>().Dataset;
        dataset.CocoFolder.Path.ShouldBe(Path.Combine(_folder, "some", "where"));
        dataset.Options.MaxImages.ShouldBe(9);
        dataset.Options.Seed.ShouldBe(7UL);
        dataset.Options.Classes.ShouldBe(["cat", "dog"]);
        run.Error.ShouldContain("rasterise 600 images");
        run.Output.ShouldContain("person");
    }

    [Fact]
    public async Task A_dataset_that_is_there_already_is_told_from_a_new_one()
    {
        (await RunAsync("dataset", "prepare", "--scenes", "9")).Error.ShouldContain("datasets/fake is recorded.");
        _fakes.Script.AnsweredDataset = Work.V1.State.Succeeded;
        var run = await RunAsync("dataset", "prepare", "--scenes", "9");
        run.Code.ShouldBe(0, run.Error);
        run.Error.ShouldContain("The same request was made before: datasets/fake is there already. Name a new one with --id");
        run.Error.ShouldNotContain("recorded");
    }

    [Fact]
    public async Task Samples_are_listed_by_class_and_saved()
    {
        var run = await RunAsync("dataset", "samples", "fake", "--split", "val", "--class", "person", "--limit", "1", "--out", "seen");
        run.Code.ShouldBe(0, run.Error);
        var request = _fakes.Script.One<ListSamplesRequest>();
        (request.Parent, request.Split, request.PageSize).ShouldBe(("datasets/fake", "val", 1));
        request.ClassIndices.ShouldBe([1]);
        run.Output.ShouldContain("000000000007");
        run.Output.ShouldContain("person");
        run.Error.ShouldContain("raise --limit");
        Directory.EnumerateFiles(Path.Combine(_folder, "seen")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["000000000007.jpg", "000000000007.overlay.jpg", "000000000007.png"]);
        (await RunAsync("dataset", "samples", "fake", "--class", "dog")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task A_dataset_is_cancelled_by_its_id_or_its_name()
    {
        foreach (var name in (string[])["fake", "datasets/fake"])
        {
            var run = await RunAsync("dataset", "cancel", name);
            run.Code.ShouldBe(0, run.Error);
            run.Output.ShouldBe("datasets/fake is being cancelled.\n");
            _fakes.Script.One<CancelDatasetRequest>().Name.ShouldBe("datasets/fake");
            _fakes.Script.Requests.Clear();
        }
    }

    [Fact]
    public async Task A_datasets_weights_pairs_of_classes_and_sizes_are_shown()
    {
        var run = await RunAsync("dataset", "show", "fake");
        run.Code.ShouldBe(0, run.Error);
        var words = run.Output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        words.ShouldContain("background 0.4167 –");
        words.ShouldContain("car – –");
        // 48 + 6 + 6 images of 240 + 30 + 30 with a person and of 120 + 15 + 15 with a car.
        words.ShouldContain("person car 60 20.0 % 40.0 %");
        words.ShouldContain(line => line.StartsWith("width 640 704 600 ██", StringComparison.Ordinal));
        words.ShouldContain(line => line.StartsWith("width : height 1.30 1.54 600 ██", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_datasets_statistics_and_pictures_are_saved()
    {
        var run = await RunAsync("dataset", "show", "fake", "--out", "report");
        run.Code.ShouldBe(0, run.Error);
        Directory.EnumerateFiles(Path.Combine(_folder, "report")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["class-histogram.png", "statistics.json"]);
    }

    [Fact]
    public async Task A_training_shows_every_epoch_once_and_marks_the_best_in_the_table()
    {
        var run = await RunAsync("train", "start", "--dataset", "fake", "--epochs", "3", "--learning-rate", "1e-3");
        run.Code.ShouldBe(0, run.Error);
        var request = _fakes.Script.One<CreateTrainingRunRequest>();
        request.TrainingRun.Dataset.ShouldBe("datasets/fake");
        request.TrainingRun.Options.ShouldBe(new TrainingOptions { Epochs = 3, LearningRate = 1e-3 });
        for (var epoch = 1; epoch <= 3; epoch++)
            run.Error.Split($"epoch {epoch}/3  loss").Length.ShouldBe(2);
        run.Output.ShouldContain("* 2");
        run.Output.ShouldContain("motorcycle");
        run.Output.ShouldContain("1.66 GiB");
    }

    [Fact]
    public async Task Any_option_and_initial_weights_reach_the_service()
    {
        var run = await RunAsync(
            "train", "start", "--dataset", "fake", "--network", "deeplabv3_resnet50", "--initial-weights", "https://host/a.pth", "--initial-weights-sha256", "ab",
            "--set", "loss=cross_entropy,dice:0.5", "--set", "class_weights=1,2.5", "--set", "optimizer=sgd", "--set", "nesterov=true", "--set", "step_epochs=3");

        run.Code.ShouldBe(0, run.Error);
        _fakes.Script.One<CreateTrainingRunRequest>().TrainingRun.Options.ShouldBe(new TrainingOptions
        {
            Network = "deeplabv3_resnet50",
            InitialWeights = new InitialWeights { Url = "https://host/a.pth", Sha256 = "ab" },
            Loss = { new LossTerm { Name = "cross_entropy", Weight = 1 }, new LossTerm { Name = "dice", Weight = 0.5 } },
            ClassWeights = { 1, 2.5 },
            Optimizer = "sgd",
            Nesterov = true,
            StepEpochs = 3,
        });
    }

    [Fact]
    public async Task Presets_are_listed_and_one_is_shown_with_every_option()
    {
        var list = await RunAsync("train", "presets");
        var one = await RunAsync("train", "presets", "report");
        var none = await RunAsync("train", "presets", "bogus");

        list.Output.ShouldContain("quickstart");
        one.Output.ShouldContain("learning_rate");
        one.Output.ShouldContain("0.0001");
        one.Output.ShouldContain("cross_entropy:1");
        (none.Code, none.Output).ShouldBe((2, ""));
        none.Error.ShouldContain("there is no preset 'bogus'; there are quickstart, report");
    }

    [Fact]
    public async Task A_broken_stream_is_taken_up_after_the_last_event()
    {
        _fakes.Script.BrokenTrainingStreams = 1;
        var run = await RunAsync("train", "watch", "fake");
        run.Code.ShouldBe(0, run.Error);
        _fakes.Script.Requests.OfType<WatchTrainingRunRequest>().Select(request => request.AfterSequence).ShouldBe([0, 2]);
        run.Error.Split("epoch 2/3  loss").Length.ShouldBe(2);
    }

    [Fact]
    public async Task An_evaluation_shows_every_class_and_saves_the_figure()
    {
        var run = await RunAsync("evaluate", "--model", "fake", "--split", "val", "--figure", "sub/figure.png");
        run.Code.ShouldBe(0, run.Error);
        var asked = _fakes.Script.One<CreateEvaluationRequest>().Evaluation;
        asked.Model.ShouldBe("trainingRuns/fake");
        asked.Split.ShouldBe("val");
        run.Output.ShouldContain("0.274");
        run.Output.ShouldContain("432,160");
        (await File.ReadAllBytesAsync(Path.Combine(_folder, "sub", "figure.png"), Cancel)).ShouldBe(FakeServices.Figure);
    }

    [Fact]
    public async Task Predictions_of_files_of_one_name_get_files_of_their_own_and_a_bad_one_does_not_stop_the_others()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "other"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "a.jpg"), "one", Cancel);
        await File.WriteAllTextAsync(Path.Combine(_folder, "broken.jpg"), "broken", Cancel);
        await File.WriteAllTextAsync(Path.Combine(_folder, "other", "a.png"), "two", Cancel);

        var run = await RunAsync("predict", "a.jpg", "broken.jpg", "none.jpg", "other/a.png", "--model", "fake", "--out", "masks");
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("It does not decode.");
        run.Error.ShouldContain(Path.Combine(_folder, "none.jpg"));
        run.Output.ShouldContain("75.0 %");
        Directory.GetFiles(Path.Combine(_folder, "masks")).Select(Path.GetFileName).Order()
            .ShouldBe(["a-2.mask.png", "a-2.overlay.png", "a.mask.png", "a.overlay.png"]);
        (await File.ReadAllTextAsync(Path.Combine(_folder, "masks", "a.mask.png"), Cancel)).ShouldBe("mask");
    }

    [Theory]
    [InlineData("dataset list", "datasets")]
    [InlineData("dataset show fake", "statistics")]
    [InlineData("dataset prepare --scenes 30", "digest")]
    [InlineData("train list", "trainingRuns")]
    [InlineData("train start --dataset fake", "epochs")]
    [InlineData("train watch fake", "epochs")]
    [InlineData("train cancel fake", "name")]
    [InlineData("evaluate --model fake", "report")]
    [InlineData("runs list", "runs")]
    [InlineData("runs show fake", "metrics")]
    [InlineData("pipeline --scenes 30", "evaluation")]
    public async Task With_json_the_output_is_one_document(string line, string property)
    {
        var run = await RunAsync([.. line.Split(' '), "--json"]);
        run.Code.ShouldBe(0, run.Error);
        run.Json.TryGetProperty(property, out _).ShouldBeTrue(run.Output);
    }

    [Fact]
    public async Task A_pipeline_prepares_trains_evaluates_and_shows_everything_in_one_trace()
    {
        var run = await RunAsync("pipeline", "--scenes", "30", "--epochs", "3", "--batch", "4", "--size", "64", "--seed", "5", "--figure", "f.png");
        run.Code.ShouldBe(0, run.Error);
        var scenes = _fakes.Script.One<CreateDatasetRequest>().Dataset.GeneratedScenes;
        scenes.ShouldBe(new GeneratedScenes { Count = 30, Seed = 5 });
        _fakes.Script.One<CreateTrainingRunRequest>().TrainingRun.Options
            .ShouldBe(new TrainingOptions { Preset = "quickstart", Epochs = 3, BatchSize = 4, ImageSize = 64, Seed = 5 });
        _fakes.Script.One<CreateEvaluationRequest>().Evaluation.Split.ShouldBe("test");
        foreach (var expected in new[] { "Epochs of trainingRuns/fake", "precision", "Tracked as runs/fake", "val/miou", "by stage", "peak memory", "total" })
            run.Output.ShouldContain(expected);
        File.Exists(Path.Combine(_folder, "f.png")).ShouldBeTrue();

        var traces = _fakes.Script.TraceParents.Where(parent => parent.Length > 0).Select(parent => parent.Split('-')).ToList();
        traces.Select(parts => parts[1]).Distinct().ShouldHaveSingleItem();
        traces.ShouldAllBe(parts => parts[3] == "01");
    }

    [Fact]
    public async Task A_pipeline_on_a_folder_takes_the_recipe_of_the_report()
    {
        await RunAsync("pipeline", "--data", ".");
        _fakes.Script.One<CreateDatasetRequest>().Dataset.CocoFolder.Path.ShouldBe(_folder);
        _fakes.Script.One<CreateTrainingRunRequest>().TrainingRun.Options.Preset.ShouldBe("report");
    }

    [Fact]
    public async Task Failed_work_ends_with_1_and_its_reason_and_nothing_follows_it()
    {
        _fakes.Script.DatasetError = new Google.Rpc.Status
        {
            Code = (int)Grpc.Core.StatusCode.InvalidArgument,
            Message = "'/nowhere' is no folder.",
            Details = { Any.Pack(new Google.Rpc.ErrorInfo { Reason = "FOLDER_MISSING", Domain = "maskwright" }) },
        };
        var run = await RunAsync("pipeline", "--data", "/nowhere", "--json");
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("'/nowhere' is no folder.");
        run.Error.ShouldContain("FOLDER_MISSING");
        run.Json.GetProperty("dataset").GetProperty("state").GetString().ShouldBe("STATE_FAILED");
        _fakes.Script.Requests.OfType<CreateTrainingRunRequest>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_call_ends_with_1_and_names_fields_and_reason()
    {
        var run = await RunAsync("train", "start", "--dataset", "fake", "--epochs", "0");
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("training_run.options.epochs: It is 0; 1 to 10000 are allowed.");
        run.Error.ShouldContain("INVALID_FIELD");
        run.Error.ShouldNotContain("   at ");

        var missing = await RunAsync("dataset", "show", "none", "--json");
        missing.Code.ShouldBe(1);
        missing.Json.GetProperty("error").GetProperty("message").GetString().ShouldBe("There is no 'datasets/none'.");
    }

    [Fact]
    public async Task A_service_that_does_not_answer_ends_with_3()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var run = await CommandRun.OfAsync("runs", "list", "--endpoint", $"http://127.0.0.1:{port}");
        run.Code.ShouldBe(3);
        run.Error.ShouldContain("refused");
        run.Error.ShouldContain("dotnet run --project AppHost");
    }

    [Fact]
    public async Task A_resumed_run_says_where_it_goes_on_and_is_watched_to_its_end()
    {
        var run = await RunAsync("train", "resume", "fake");
        run.Code.ShouldBe(0, run.Error);
        run.Error.ShouldContain("trainingRuns/fake is queued again; it goes on after step 120.");
        run.Output.ShouldContain("succeeded");
        _fakes.Script.One<ResumeTrainingRunRequest>().Name.ShouldBe("trainingRuns/fake");

        var detached = await RunAsync("train", "resume", "fake", "--detach", "--json");
        detached.Code.ShouldBe(0, detached.Error);
        detached.Json.GetProperty("lastCheckpoint").GetProperty("step").GetString().ShouldBe("120");
    }

    [Fact]
    public async Task Ctrl_C_in_a_pipeline_cancels_the_work_at_the_service()
    {
        var run = await InterruptAsync("pipeline");
        run.Code.ShouldBe(130);
        _fakes.Script.One<CancelTrainingRunRequest>().Name.ShouldBe("trainingRuns/fake");
        run.Error.ShouldContain("trainingRuns/fake is asked to stop");
    }

    [Fact]
    public async Task Ctrl_C_in_a_watch_leaves_the_work_alone()
    {
        _fakes.Script.BrokenTrainingStreams = 1;
        var run = await InterruptAsync("train", "watch", "fake");
        run.Code.ShouldBe(130);
        _fakes.Script.Requests.OfType<CancelTrainingRunRequest>().ShouldBeEmpty();
        run.Error.ShouldContain("goes on");
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.OfAsync(_environment, arguments);

    private async Task<CommandRun> InterruptAsync(params string[] arguments)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        _fakes.Script.TrainingIsWatched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = CommandRun.OfAsync(_environment, interrupt.Token, arguments);
        await _fakes.Script.TrainingIsWatched.Task.WaitAsync(Cancel);
        await interrupt.CancelAsync();
        return await running;
    }
}
