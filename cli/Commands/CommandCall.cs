using System.CommandLine;
using Google.Protobuf;
using Maskwright.Work.V1;

namespace Maskwright.Cli;

/// <summary>One run of one command: its options, the services, and the way its result goes out.</summary>
internal sealed class CommandCall(ParseResult options, Terminal terminal, ServiceConnections services)
{
    /// <summary>What was typed.</summary>
    public ParseResult Options { get; } = options;

    /// <summary>Where it goes.</summary>
    public Terminal Terminal { get; } = terminal;

    /// <summary>The services.</summary>
    public ServiceConnections Services { get; } = services;

    /// <summary>Whether the result is wanted as JSON.</summary>
    public bool IsJson { get; } = options.GetValue<bool>(CommonOptions.JsonName);

    /// <summary>The display for running work.</summary>
    public IWorkDisplay Display { get; } = terminal.IsInteractive ? new InteractiveWorkDisplay(terminal) : new PlainWorkDisplay(terminal);

    /// <summary>Writes the result: the message as JSON, or what <paramref name="show"/> draws.</summary>
    public void Write(IMessage message, Action show)
    {
        if (IsJson)
            Terminal.Output.WriteLine(JsonText.Of(message));
        else
            show();
    }

    /// <summary>Shows work until it has ended and returns it as it then is.</summary>
    public Task<T> FollowAsync<T>(WorkClient<T> client, string name, CancellationToken cancellationToken)
        where T : class, IWorkResource, IMessage =>
        Display.ShowAsync<T>(seen => WorkWatch.ToEndAsync(client, name, seen, Services, Terminal.Time, cancellationToken));

    /// <summary>Writes work that is done with, says why it failed, and returns the exit code.</summary>
    public int Finish<T>(T work, Action<T> show)
        where T : IWorkResource, IMessage
    {
        Write(work, () => show(work));
        return Outcome(work);
    }

    /// <summary>Says how work ended where that was not well, and returns the exit code.</summary>
    public int Outcome(IWorkResource work)
    {
        switch (work.State)
        {
            case State.Failed:
                Terminal.Say($"{work.Name} failed.");
                foreach (var line in work.Error is { } error ? ErrorReport.Lines(error) : [])
                    Terminal.Say(line);
                return ExitCode.Failed;
            case State.Cancelled:
                Terminal.Say($"{work.Name} was cancelled.");
                return ExitCode.Cancelled;
            default:
                return ExitCode.Ok;
        }
    }

    /// <summary>Says why the command could not be done, on the error stream and, where JSON is wanted, as JSON.</summary>
    public int Refuse(int code, Google.Rpc.Status status)
    {
        foreach (var line in ErrorReport.Lines(status))
            Terminal.Say(line);
        if (IsJson)
            Terminal.Output.WriteLine(ErrorReport.Json(status));
        return code;
    }
}
