using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace Maskwright.Cli;

/// <summary>The whole command line.</summary>
internal static class CommandLine
{
    private const string Description = "Train, evaluate and track image-segmentation models through the Maskwright services.";

    private const string Details = """
        The services are found by --endpoint, by the environment (services__datasets__grpc__0, services__trainer__grpc__0,
        services__evaluator__grpc__0, services__metrics__grpc__0), or by the file endpoints.json that a running AppHost writes
        into its data folder (MASKWRIGHT_DATA). The object storage, which only 'artifacts' talks to, is found by the environment
        (ConnectionStrings__artifacts) or by the same file.

        Exit codes: 0 done; 1 the work failed or a service refused the call; 2 the command line is wrong; 3 a service cannot
        be found or reached; 130 cancelled.

        Examples:
          maskwright pipeline
          maskwright dataset prepare --coco /data/coco/subset
          maskwright train start --dataset datasets/NAME --preset report --epochs 15
          maskwright evaluate --model trainingRuns/NAME --figure figure.png
          maskwright predict street.jpg --model trainingRuns/NAME --out masks
        """;

    /// <summary>Runs a command line and returns the process's exit code, see <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellationToken)
    {
        var root = Create(terminal);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new DetailedHelp((HelpAction)help.Action!, Details);
        var result = root.Parse(arguments);
        if (result.Errors.Count > 0 && result.Action is not DetailedHelp)
            return await ExplainAsync(result, terminal);
        return await result.InvokeAsync(
            new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.ErrorOutput,
                EnableDefaultExceptionHandler = false,

                // Signals are the caller's: they come as the token.
                ProcessTerminationTimeout = null,
            },
            cancellationToken);
    }

    /// <summary>Says what is wrong with the command line and where to read what is right.</summary>
    private static async Task<int> ExplainAsync(ParseResult result, Terminal terminal)
    {
        var command = result.CommandResult;
        var name = "";
        for (var part = command; part is { Command: not RootCommand }; part = part.Parent as CommandResult)
            name = $" {part.Command.Name}{name}";
        name = $"maskwright{name}";
        if (command.Command.Subcommands.Count > 0)
        {
            var wrong = result.UnmatchedTokens.Count > 0 ? $"there is no command '{name} {result.UnmatchedTokens[0]}'" : $"'{name}' needs a command";
            await terminal.ErrorOutput.WriteLineAsync(
                $"error: {wrong}; there are {string.Join(", ", command.Command.Subcommands.Select(subcommand => subcommand.Name))}.");
        }
        else
        {
            foreach (var error in result.Errors)
                await terminal.ErrorOutput.WriteLineAsync($"error: {error.Message}");
        }

        await terminal.ErrorOutput.WriteLineAsync($"See '{name} --help'.");
        return ExitCode.Usage;
    }

    private static RootCommand Create(Terminal terminal) => new(Description)
    {
        CommonOptions.Endpoint(),
        CommonOptions.Json(),
        DatasetCommands.Create(terminal),
        TrainCommands.Create(terminal),
        EvaluateCommand.Create(terminal),
        CompareCommand.Create(terminal),
        PredictCommand.Create(terminal),
        ExportCommand.Create(terminal),
        RunsCommands.Create(terminal),
        ArtifactsCommands.Create(terminal),
        PipelineCommand.Create(terminal),
    };
}
