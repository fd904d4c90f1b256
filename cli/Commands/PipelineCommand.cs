using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Maskwright.Dataset.V1;
using Maskwright.Evaluation.V1;
using Maskwright.Metrics.V1;
using Maskwright.Training.V1;
using Maskwright.Work.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary><c>maskwright pipeline</c>: dataset, training, evaluation and tracked run in one go and one trace.</summary>
internal static class PipelineCommand
{
    private static readonly TimeSpan CancelTime = TimeSpan.FromSeconds(10);

    public static Command Create(Terminal terminal)
    {
        var command = new DocumentedCommand("pipeline", "Prepare a dataset, train a network on it, evaluate it on the test split and show everything.", """
            Without --data, scenes are drawn and the preset is 'quickstart'; with --data it is 'report'.
            Ctrl-C cancels the work that is running.

            Examples:
              maskwright pipeline
              maskwright pipeline --scenes 300 --epochs 5
              maskwright pipeline --data /data/coco/subset --epochs 15 --figure figure.png
              maskwright pipeline --json > result.json
            """);
        var source = new DatasetOptions(command, "--data");
        var recipe = new RecipeOptions(command, "Default: quickstart for scenes, report for --data.");
        var figure = EvaluationFiles.Figure();
        command.Add(figure);
        return command.Does(terminal, async (call, cancellationToken) =>
        {
            if (call.Services.HasUnnamedEndpoint)
                throw new UsageException("a pipeline talks to several services: use --endpoint NAME=URL, once for each of them.");

            // A missing service is said at once, not after the stages before it.
            call.Services.FindAll();
            var pipeline = new Pipeline(call);
            var code = await pipeline.RunAsync(
                source.Read(call),
                recipe.Read(call, source.ReadsImages(call.Options) ? "report" : "quickstart", source.Seed(call.Options)),
                call.Options.GetValue(figure),
                cancellationToken);
            pipeline.Write();
            return code;
        });
    }

    private sealed class Pipeline(CommandCall call)
    {
        private readonly long _start = call.Terminal.Time.GetTimestamp();
        private readonly List<(string Stage, TimeSpan Time, long PeakMemory)> _timings = [];
        private Dataset.V1.Dataset? _dataset;
        private TrainingRun? _training;
        private Evaluation.V1.Evaluation? _evaluation;
        private Run? _run;
        private IReadOnlyList<Point> _headline = [];

        public async Task<int> RunAsync(
            Dataset.V1.Dataset source, TrainingOptions recipe, string? figure, CancellationToken cancellationToken)
        {
            _dataset = await StageAsync(
                "1/4 Prepare the dataset",
                "prepare",
                call.Services.DatasetWork(),
                options => call.Services.Datasets.CreateDatasetAsync(new CreateDatasetRequest { Dataset = source }, options),
                cancellationToken);
            if (_dataset.State != State.Succeeded)
                return call.Outcome(_dataset);

            _training = await StageAsync(
                "2/4 Train the network",
                "train",
                call.Services.TrainingWork(),
                options => call.Services.Trainer.CreateTrainingRunAsync(
                    new CreateTrainingRunRequest { TrainingRun = new TrainingRun { Dataset = _dataset.Name, Options = recipe } }, options),
                cancellationToken);
            if (_training.State != State.Succeeded)
                return call.Outcome(_training);

            _evaluation = await StageAsync(
                "3/4 Evaluate on the test split",
                "evaluate",
                call.Services.EvaluationWork(),
                options => call.Services.Evaluator.CreateEvaluationAsync(
                    new CreateEvaluationRequest { Evaluation = new Evaluation.V1.Evaluation { Model = _training.Name, Split = "test" } }, options),
                cancellationToken);
            if (_evaluation.State != State.Succeeded)
                return call.Outcome(_evaluation);
            await new EvaluationFiles(figure, html: null).SaveAsync(call, _evaluation, cancellationToken);

            call.Terminal.Say("4/4 Read the tracked run");
            _run = await call.Services.Metrics.GetRunAsync(
                new GetRunRequest { Name = _training.MetricsRun }, call.Services.Once(cancellationToken));
            _headline = await RunsCommands.HeadlineAsync(call, _run.Name, cancellationToken);
            return ExitCode.Ok;
        }

        /// <summary>Writes what there is; after a failure that is what was done before it.</summary>
        public void Write()
        {
            if (call.IsJson)
            {
                call.Terminal.Output.WriteLine(JsonText.Of(new JsonObject
                {
                    ["dataset"] = JsonText.Node(_dataset),
                    ["trainingRun"] = JsonText.Node(_training),
                    ["evaluation"] = JsonText.Node(_evaluation),
                    ["run"] = JsonText.Node(_run),
                    ["seconds"] = Seconds(),
                }));
                return;
            }

            if (_dataset?.Statistics is { } statistics)
                DatasetStatisticsView.Classes(call.Terminal, statistics);
            if (_training is not null)
                TrainingView.Epochs(call.Terminal, _training);
            if (_evaluation is not null)
                EvaluationView.Show(call.Terminal, _evaluation);
            if (_run is not null)
                RunView.Brief(call.Terminal, _run, _headline);
            Timings();
        }

        private async Task<T> StageAsync<T>(
            string title,
            string stage,
            WorkClient<T> client,
            Func<CallOptions, AsyncUnaryCall<T>> create,
            CancellationToken cancellationToken)
            where T : class, IWorkResource, IMessage
        {
            var start = call.Terminal.Time.GetTimestamp();
            call.Terminal.Say(title);
            var created = await create(call.Services.Once(cancellationToken));
            try
            {
                var work = await call.FollowAsync(client, created.Name, cancellationToken);
                var time = call.Terminal.Time.GetElapsedTime(start);
                _timings.Add((stage, time, work is TrainingRun run ? run.PeakMemoryBytes : 0));
                if (work.State == State.Succeeded)
                    call.Terminal.Say($"  {work.Name} succeeded in {Numbers.Duration(time)}");
                return work;
            }
            catch (Exception error) when (error is OperationCanceledException or RpcException && cancellationToken.IsCancellationRequested)
            {
                await CancelAsync(client, created.Name);
                throw;
            }
        }

        private async Task CancelAsync<T>(WorkClient<T> client, string name)
            where T : class, IWorkResource, IMessage
        {
            using var soon = new CancellationTokenSource(CancelTime, call.Terminal.Time);
            try
            {
                await client.Cancel(name, call.Services.Once(soon.Token));
                call.Terminal.Say($"Cancelled: {name} is asked to stop.");
            }
            catch (RpcException error)
            {
                call.Terminal.Say($"{name} could not be cancelled and may still be running: {error.Status.Detail}");
            }
        }

        private JsonObject Seconds()
        {
            var seconds = new JsonObject();
            foreach (var (stage, time, _) in _timings)
                seconds[stage] = Math.Round(time.TotalSeconds, 3);
            seconds["total"] = Math.Round(call.Terminal.Time.GetElapsedTime(_start).TotalSeconds, 3);
            return seconds;
        }

        private void Timings()
        {
            call.Terminal.Heading("Time and memory by stage");
            var table = TableStyle.Create().Words("stage").Numbers("time").Numbers("peak memory");
            foreach (var (stage, time, memory) in _timings)
                table.AddRow(stage, Numbers.Duration(time), Numbers.Bytes(memory));
            table.AddRow("[bold]total[/]", $"[bold]{Numbers.Duration(call.Terminal.Time.GetElapsedTime(_start))}[/]", "");
            call.Terminal.Console.Write(table);
        }
    }
}
