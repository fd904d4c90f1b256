using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Where a command writes, and what it knows of its surroundings. Results go to the output, the rest to the error stream.</summary>
internal sealed class Terminal
{
    /// <summary>Characters a line of a table may have where the output is no terminal.</summary>
    private const int PlainWidth = 120;

    /// <summary>Standard output as text, for JSON.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard output as bytes, for the content of objects.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Standard error as text.</summary>
    public required TextWriter ErrorOutput { get; init; }

    /// <summary>Standard output for tables.</summary>
    public required IAnsiConsole Console { get; init; }

    /// <summary>Standard error for progress bars.</summary>
    public required IAnsiConsole ErrorConsole { get; init; }

    /// <summary>Whether a person watches: bars move instead of lines being added.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>Looks an environment variable up.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The folder that relative paths start from.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess()
    {
        var interactive = !System.Console.IsOutputRedirected
            && !System.Console.IsErrorRedirected
            && string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("NO_COLOR"))
            && string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("CI"))
            && System.Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal
        {
            Output = System.Console.Out,
            OpenOutput = System.Console.OpenStandardOutput,
            ErrorOutput = System.Console.Error,
            Console = CreateConsole(System.Console.Out, interactive, System.Console.IsOutputRedirected),
            ErrorConsole = CreateConsole(System.Console.Error, interactive, System.Console.IsErrorRedirected),
            IsInteractive = interactive,
            Environment = System.Environment.GetEnvironmentVariable,
            WorkingDirectory = System.Environment.CurrentDirectory,
        };
    }

    /// <summary>A terminal that is no terminal: plain text into two writers.</summary>
    public static Terminal Plain(
        TextWriter output, TextWriter error, Func<string, string?> environment, string workingDirectory, Func<Stream>? bytes = null) => new()
        {
            Output = output,
            OpenOutput = bytes ?? (() => Stream.Null),
            ErrorOutput = error,
            Console = CreateConsole(output, interactive: false, redirected: true),
            ErrorConsole = CreateConsole(error, interactive: false, redirected: true),
            IsInteractive = false,
            Environment = environment,
            WorkingDirectory = workingDirectory,
        };

    /// <summary>A path as the services, which run in other folders, can use it.</summary>
    public string AbsolutePath(string path) => Path.GetFullPath(path, WorkingDirectory);

    /// <summary>Says something beside the result.</summary>
    public void Say(string line) => ErrorOutput.WriteLine(line);

    private static IAnsiConsole CreateConsole(TextWriter writer, bool interactive, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = interactive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = interactive ? InteractionSupport.Yes : InteractionSupport.No,
        });
        console.Profile.Capabilities.Unicode = true;
        if (redirected)
            console.Profile.Width = PlainWidth;
        return console;
    }
}
