using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Maskwright.Hosting;

/// <summary>Executes what a person asks of a resource: start, stop, restart and custom commands.</summary>
internal sealed class ResourceCommands(IReadOnlyList<ResourceInstance> instances, ResourceBoard board, IServiceProvider services)
{
    private const string StartName = "start";
    private const string StopName = "stop";
    private const string RestartName = "restart";

    private readonly Dictionary<string, SemaphoreSlim> _turns = instances.ToDictionary(instance => instance.Name, _ => new SemaphoreSlim(1, 1));

    /// <summary>What can be done to a resource in a state.</summary>
    public static IReadOnlyList<CommandSnapshot> Of(IResource resource, ResourceState state)
    {
        var alive = state is ResourceState.Waiting or ResourceState.Starting or ResourceState.Running;
        return
        [
            new CommandSnapshot(StartName, "Start", "Start the resource", !alive && state != ResourceState.Stopping, null, true),
            new CommandSnapshot(StopName, "Stop", "Stop the resource, with SIGTERM first", alive, null, true),
            new CommandSnapshot(RestartName, "Restart", "Stop the resource and start it again", state == ResourceState.Running, null, false),
            .. resource.Annotations.OfType<CommandAnnotation>().Select(command => new CommandSnapshot(
                command.Name, command.DisplayName, command.Options.Description, true, command.Options.ConfirmationMessage, command.Options.IsHighlighted)),
        ];
    }

    /// <summary>Executes a command and waits for its end. Commands of one resource are executed one after the other.</summary>
    public async Task<CommandResult> ExecuteAsync(string name, string command, CancellationToken cancellationToken)
    {
        if (instances.FirstOrDefault(instance => instance.Name == name) is not { } instance)
            return new CommandResult(false, $"There is no resource '{name}' to which something can be done.");
        var turn = _turns[name];
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (board.Find(name)!.Commands.FirstOrDefault(snapshot => snapshot.Name == command) is not { } described)
                return new CommandResult(false, $"'{name}' has no command '{command}'.");
            if (!described.IsEnabled)
                return new CommandResult(false, $"'{name}' is {board.Find(name)!.State}: '{described.DisplayName}' cannot be done now.");
            return command switch
            {
                StartName or RestartName => await StartAsync(instance, cancellationToken),
                StopName => await StopAsync(instance, cancellationToken),
                _ => await ExecuteCustomAsync(instance, command, cancellationToken),
            };
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Ends the present life, if there is one, and begins another.</summary>
    private async Task<CommandResult> StartAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        await instance.StopAsync().WaitAsync(cancellationToken);
        if (instance.Snapshot.StartedAt is not null)
            instance.Update(snapshot => snapshot with { Restarts = snapshot.Restarts + 1 });
        if (!instance.Start())
            return new CommandResult(false, "The application is being stopped.");
        await foreach (var all in board.WatchAsync(cancellationToken))
        {
            var now = all.First(snapshot => snapshot.Name == instance.Name);
            switch (now.State)
            {
                case ResourceState.Running:
                    return new CommandResult(true, $"'{now.Name}' runs as process {now.ProcessIds[0]}.");
                case ResourceState.Finished when now.ExitCode is { } exitCode:
                    return new CommandResult(true, $"'{now.Name}' ran and ended with exit code {exitCode}.");
                case ResourceState.Finished or ResourceState.Failed or ResourceState.RuntimeUnavailable:
                    return new CommandResult(false, $"'{now.Name}' {now.Reason}");
                case ResourceState.Waiting when now.Reason is not null:
                    return new CommandResult(false, $"'{now.Name}' {now.Reason} It starts once that has changed.");
                default:
                    continue;
            }
        }

        return new CommandResult(false, $"'{instance.Name}' was not started.");
    }

    private static async Task<CommandResult> StopAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        await instance.StopAsync().WaitAsync(cancellationToken);
        return new CommandResult(true, $"'{instance.Name}' {instance.Snapshot.Reason ?? "has ended."}");
    }

    private async Task<CommandResult> ExecuteCustomAsync(ResourceInstance instance, string name, CancellationToken cancellationToken)
    {
        var command = instance.Resource.Annotations.OfType<CommandAnnotation>().Last(command => command.Name == name);
        try
        {
            var result = await command.Execute(new ExecuteCommandContext
            {
                ServiceProvider = services,
                ResourceName = instance.Name,
                CancellationToken = cancellationToken,
                Logger = new ResourceLogger(instance),
            });
            var message = result.Message ?? (result.Success ? null : result.Canceled ? "It was given up." : "It failed without saying why.");
            return new CommandResult(result.Success, message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new CommandResult(false, "It was given up.");
        }
        catch (Exception failure)
        {
            // The command is the user's code; whatever it throws is its failure, and is shown to whoever asked for it.
            return new CommandResult(false, failure.Message);
        }
    }

    /// <summary>Writes what a custom command logs into the resource's console log.</summary>
    private sealed class ResourceLogger(ResourceInstance instance) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var text = exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception}";
            foreach (var line in text.Split('\n'))
                instance.WriteLine(line.TrimEnd('\r'), logLevel >= LogLevel.Error);
        }
    }
}
