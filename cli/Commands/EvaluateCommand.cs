using System.CommandLine;
using Maskwright.Evaluation.V1;

namespace Maskwright.Cli;

/// <summary><c>maskwright evaluate</c></summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = new Option<string>("--model") { Description = "trainingRuns/ID of a finished run, or only the ID.", HelpName = "NAME", Required = true };
        var dataset = CommonOptions.Of<string?>("--dataset", "NAME", "datasets/ID. Default: the dataset that the model was trained on.");
        var split = CommonOptions.Of<string?>("--split", "NAME", "train, val or test. Default: test.");
        var rows = CommonOptions.Number<int>("--figure-rows", "N", "Rows of the figure; 6 when left out.");
        var figure = FigureFile.Option();
        var id = CommonOptions.Id("evaluation");
        var detach = CommonOptions.Detach();
        return new DocumentedCommand("evaluate", "Measure a model on a split: IoU, Dice, precision and recall by class, and a figure.", """
            Ctrl-C stops watching; the evaluation goes on.

            Example:
              maskwright evaluate --model trainingRuns/NAME --split val --figure figure.png
            """)
        {
            model, dataset, split, rows, figure, id, detach,
        }.Does(terminal, async (call, cancellationToken) =>
        {
            if (call.Options.GetValue(detach) && call.Options.GetValue(figure) is not null)
                throw new UsageException("--figure needs the evaluation's end; it cannot go with --detach.");
            var evaluation = await call.Services.Evaluator.CreateEvaluationAsync(
                new CreateEvaluationRequest
                {
                    Evaluation = new Evaluation.V1.Evaluation
                    {
                        Model = ResourceName.Full(ResourceName.TrainingRuns, call.Options.GetValue(model)),
                        Dataset = ResourceName.Full(ResourceName.Datasets, call.Options.GetValue(dataset)),
                        Split = call.Options.GetValue(split) ?? "",
                        Options = new EvaluationOptions { FigureRows = call.Options.GetValue(rows) ?? 0 },
                    },
                    EvaluationId = call.Options.GetValue(id) ?? "",
                },
                call.Services.Once(cancellationToken));
            call.Terminal.Say($"{evaluation.Name} is recorded.");
            if (!call.Options.GetValue(detach))
                evaluation = await call.FollowAsync(call.Services.EvaluationWork(), evaluation.Name, cancellationToken);
            await FigureFile.SaveAsync(call, evaluation, call.Options.GetValue(figure), cancellationToken);
            return call.Finish(evaluation, shown => EvaluationView.Show(call.Terminal, shown));
        });
    }
}
