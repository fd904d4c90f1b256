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
        var size = CommonOptions.Of<string>("--size", "SIZE", "Measure at the network's input size (network, the default) or at each image's own (original).").AcceptOnlyFromAmong("network", "original");
        var flip = new Option<bool>("--flip") { Description = "Also look at mirrored images and average the answers." };
        var scales = CommonOptions.Of<double[]>("--scales", "X", "Look at images at these factors of the input size, 0.25 to 4, and average: --scales 0.75 1 1.25.");
        scales.AllowMultipleArgumentsPerToken = true;
        var windows = new Option<bool>("--windows") { Description = "See images larger than the input through overlapping windows instead of shrinking them." };
        var rows = CommonOptions.Number<int>("--figure-rows", "N", "Rows of the figure; 6 when left out.");
        var choice = CommonOptions.Of<string>("--figure-choice", "CHOICE", "Which images it shows: seeded (the default), worst, best or per-class.").AcceptOnlyFromAmong("seeded", "worst", "best", "per-class");
        var figure = EvaluationFiles.Figure();
        var html = EvaluationFiles.Html();
        var id = CommonOptions.Id("evaluation");
        var detach = CommonOptions.Detach();
        return new DocumentedCommand("evaluate", "Measure a model on a split: IoU with intervals, Dice, precision, recall and boundary IoU by class, calibration, a figure and a report.", """
            Ctrl-C stops watching; the evaluation goes on.

            Examples:
              maskwright evaluate --model trainingRuns/NAME --split val --figure figure.png --html report.html
              maskwright evaluate --model trainingRuns/NAME --size original --flip
            """)
        {
            model, dataset, split, size, flip, scales, windows, rows, choice, figure, html, id, detach,
        }.Does(terminal, async (call, cancellationToken) =>
        {
            var files = new EvaluationFiles(call.Options.GetValue(figure), call.Options.GetValue(html));
            if (call.Options.GetValue(detach) && files.Any)
                throw new UsageException("--figure and --html need the evaluation's end; they cannot go with --detach.");
            var evaluation = await call.Services.Evaluator.CreateEvaluationAsync(
                new CreateEvaluationRequest
                {
                    Evaluation = new Evaluation.V1.Evaluation
                    {
                        Model = ResourceName.Full(ResourceName.TrainingRuns, call.Options.GetValue(model)),
                        Dataset = ResourceName.Full(ResourceName.Datasets, call.Options.GetValue(dataset)),
                        Split = call.Options.GetValue(split) ?? "",
                        Options = new EvaluationOptions
                        {
                            FigureRows = call.Options.GetValue(rows) ?? 0,
                            FigureChoice = Choice(call.Options.GetValue(choice)),
                            Size = call.Options.GetValue(size) == "original" ? MeasuredSize.Original : MeasuredSize.Network,
                            Flip = call.Options.GetValue(flip),
                            Scales = { call.Options.GetValue(scales) ?? [] },
                            SlidingWindow = call.Options.GetValue(windows),
                        },
                    },
                    EvaluationId = call.Options.GetValue(id) ?? "",
                },
                call.Services.Once(cancellationToken));
            call.Terminal.Say($"{evaluation.Name} is recorded.");
            if (!call.Options.GetValue(detach))
                evaluation = await call.FollowAsync(call.Services.EvaluationWork(), evaluation.Name, cancellationToken);
            await files.SaveAsync(call, evaluation, cancellationToken);
            return call.Finish(evaluation, shown => EvaluationView.Show(call.Terminal, shown));
        });
    }

    private static FigureChoice Choice(string? name) => name switch
    {
        "worst" => FigureChoice.Worst,
        "best" => FigureChoice.Best,
        "per-class" => FigureChoice.PerClass,
        _ => FigureChoice.Seeded,
    };
}
