using System.Text.Json;

namespace Maskwright.Cli.Tests;

/// <summary>One command line, run in this process, and what came of it.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    /// <summary>What was written to standard output as bytes.</summary>
    public byte[] Bytes { get; private init; } = [];

    /// <summary>The one JSON document on standard output.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static Task<CommandRun> OfAsync(params string[] arguments) => OfAsync(new Dictionary<string, string>(), arguments);

    public static Task<CommandRun> OfAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        OfAsync(environment, TestContext.Current.CancellationToken, arguments);

    public static async Task<CommandRun> OfAsync(
        IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken, params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        using var bytes = new MemoryStream();
        var folder = Path.Combine(Path.GetTempPath(), "maskwright-no-such-folder");
        var terminal = Terminal.Plain(
            output,
            TextWriter.Synchronized(error),
            name => environment.TryGetValue(name, out var value) ? value : name == "MASKWRIGHT_DATA" ? folder : null,
            environment.TryGetValue("PWD", out var working) ? working : folder,
            () => bytes);
        var code = await CommandLine.RunAsync(arguments, terminal, cancellationToken);
        return new CommandRun(code, output.ToString(), error.ToString()) { Bytes = bytes.ToArray() };
    }
}
