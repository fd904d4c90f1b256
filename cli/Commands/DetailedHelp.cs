using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Maskwright.Cli;

/// <summary>The usual help, then the details of the command it is about.</summary>
internal sealed class DetailedHelp(HelpAction usual, string rootDetails) : SynchronousCommandLineAction
{
    /// <summary>Help that is asked for is no error, whatever else was typed.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        var details = parseResult.CommandResult.Command switch
        {
            DocumentedCommand documented => documented.Details,
            RootCommand => rootDetails,
            _ => null,
        };
        if (details is not null)
            parseResult.InvocationConfiguration.Output.WriteLine(details);
        return code;
    }
}
