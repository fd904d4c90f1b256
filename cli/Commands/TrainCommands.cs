using System.CommandLine;
using Maskwright.Training.V1;

namespace Maskwright.Cli;

/// <summary><c>maskwright train …</c></summary>
internal static class TrainCommands
{
    public static Command Create(Terminal terminal) => new("train", "Train networks, and watch them learn.")
    {
        Start(terminal),
        Watch(terminal),
        List(terminal),
        Cancel(terminal),
        Resume(terminal),
        Presets(terminal),
    };

    private static Command Start(Terminal terminal)
    {
        var command = new DocumentedCommand("start", "Train a network on a dataset and show epoch after epoch.", """
            Ctrl-C stops watching; the training goes on. 'maskwright train cancel' ends it.

            Examples:
              maskwright train start --dataset datasets/NAME
              maskwright train start --dataset NAME --preset report --epochs 30 --batch 8 --detach
              maskwright train start --dataset NAME --network deeplabv3_resnet50 --initial-weights /models/resnet50.pth
              maskwright train start --dataset NAME --set loss=cross_entropy,dice:0.5 --set optimizer=adamw --set weight_decay=0.01
            """);
        var dataset = new Option<string>("--dataset") { Description = "datasets/ID of a finished dataset, or only the ID.", HelpName = "NAME", Required = true };
        command.Add(dataset);
        var recipe = new RecipeOptions(command, "Default: report.");
        var seed = CommonOptions.Number<ulong>("--seed", "N", "Seed of weights, order and augmentation. Equal seeds give equal models.");
        var id = CommonOptions.Id("training run");
        var detach = CommonOptions.Detach();
        command.Add(seed);
        command.Add(id);
        command.Add(detach);
        return command.Does(terminal, async (call, cancellationToken) =>
        {
            var run = await call.Services.Trainer.CreateTrainingRunAsync(
                new CreateTrainingRunRequest
                {
                    TrainingRun = new TrainingRun
                    {
                        Dataset = ResourceName.Full(ResourceName.Datasets, call.Options.GetValue(dataset)),
                        Options = recipe.Read(call, "", call.Options.GetValue(seed)),
                    },
                    TrainingRunId = call.Options.GetValue(id) ?? "",
                },
                call.Services.Once(cancellationToken));
            call.Terminal.Say($"{run.Name} is recorded.");
            if (!call.Options.GetValue(detach))
                run = await FollowAsync(call, run.Name, cancellationToken);
            return call.Finish(run, shown => TrainingView.Show(call.Terminal, shown));
        });
    }

    private static Command Watch(Terminal terminal)
    {
        var name = Name();
        return new Command("watch", "Watch a training run to its end. Ctrl-C only stops watching.") { name }.Does(terminal, async (call, cancellationToken) =>
        {
            var full = ResourceName.Full(ResourceName.TrainingRuns, call.Options.GetValue(name));
            var run = await call.Services.Trainer.GetTrainingRunAsync(
                new GetTrainingRunRequest { Name = full }, call.Services.Once(cancellationToken));
            if (!WorkWatch.HasEnded(run.State))
                run = await FollowAsync(call, full, cancellationToken);
            return call.Finish(run, shown => TrainingView.Show(call.Terminal, shown));
        });
    }

    private static Command List(Terminal terminal)
    {
        var limit = CommonOptions.Limit();
        return new Command("list", "List training runs, newest first.") { limit }.Does(terminal, async (call, cancellationToken) =>
        {
            var page = await call.Services.Trainer.ListTrainingRunsAsync(
                new ListTrainingRunsRequest { PageSize = call.Options.GetValue(limit) ?? 0 }, call.Services.Once(cancellationToken));
            call.Write(page, () => TrainingView.List(call.Terminal, page.TrainingRuns));
            return ExitCode.Ok;
        });
    }

    private static Command Cancel(Terminal terminal)
    {
        var name = Name();
        return new Command("cancel", "Ask a queued or running training run to stop after its present step.") { name }.Does(terminal, async (call, cancellationToken) =>
        {
            var run = await call.Services.Trainer.CancelTrainingRunAsync(
                new CancelTrainingRunRequest { Name = ResourceName.Full(ResourceName.TrainingRuns, call.Options.GetValue(name)) },
                call.Services.Once(cancellationToken));
            call.Write(run, () => call.Terminal.Output.WriteLine($"{run.Name} is asked to stop; it is {StateText.Of(run.State)}."));
            return ExitCode.Ok;
        });
    }

    private static Command Resume(Terminal terminal)
    {
        var command = new DocumentedCommand("resume", "Take a failed or cancelled training run up again, and watch it.", """
            It goes on from its last checkpoint, with the same options and to the same model as if it had never stopped.

            Examples:
              maskwright train resume trainingRuns/NAME
              maskwright train resume NAME --detach
            """);
        var name = Name();
        var detach = CommonOptions.Detach();
        command.Add(name);
        command.Add(detach);
        return command.Does(terminal, async (call, cancellationToken) =>
        {
            var run = await call.Services.Trainer.ResumeTrainingRunAsync(
                new ResumeTrainingRunRequest { Name = ResourceName.Full(ResourceName.TrainingRuns, call.Options.GetValue(name)) },
                call.Services.Once(cancellationToken));
            call.Terminal.Say(run.LastCheckpoint is { } checkpoint
                ? $"{run.Name} is queued again; it goes on after step {checkpoint.Step}."
                : $"{run.Name} is queued again; it has no checkpoint and begins anew.");
            if (!call.Options.GetValue(detach))
                run = await FollowAsync(call, run.Name, cancellationToken);
            return call.Finish(run, shown => TrainingView.Show(call.Terminal, shown));
        });
    }

    private static Command Presets(Terminal terminal)
    {
        var name = new Argument<string?>("NAME") { Description = "A preset, to see every option of it.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("presets", "List the recipes there are, or show every option of one.") { name }.Does(terminal, async (call, cancellationToken) =>
        {
            var all = await call.Services.Trainer.ListPresetsAsync(new ListPresetsRequest(), call.Services.Once(cancellationToken));
            if (call.Options.GetValue(name) is not { } asked)
            {
                call.Write(all, () => PresetView.List(call.Terminal, all.Presets));
                return ExitCode.Ok;
            }

            var preset = all.Presets.FirstOrDefault(preset => preset.Name == asked)
                ?? throw new UsageException($"there is no preset '{asked}'; there are {string.Join(", ", all.Presets.Select(preset => preset.Name))}.");
            call.Write(preset, () => PresetView.Show(call.Terminal, preset));
            return ExitCode.Ok;
        });
    }

    private static async Task<TrainingRun> FollowAsync(CommandCall call, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await call.FollowAsync(call.Services.TrainingWork(), name, cancellationToken);
        }
        finally
        {
            if (cancellationToken.IsCancellationRequested)
                call.Terminal.Say($"No longer watching; {name} goes on. Watch it with 'maskwright train watch {name}', end it with 'maskwright train cancel {name}'.");
        }
    }

    private static Argument<string> Name() => new("NAME") { Description = "trainingRuns/ID, or only the ID." };
}
