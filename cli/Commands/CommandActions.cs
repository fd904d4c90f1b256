using System.CommandLine;
using Grpc.Core;
using Maskwright.Artifacts;

namespace Maskwright.Cli;

/// <summary>Gives commands what they do, within one trace and with errors turned into exit codes.</summary>
internal static class CommandActions
{
    /// <summary>Sets what a command does.</summary>
    public static Command Does(this Command command, Terminal terminal, Func<CommandCall, CancellationToken, Task<int>> action)
    {
        command.SetAction((options, cancellationToken) => RunAsync(command.Name, options, terminal, action, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string name,
        ParseResult options,
        Terminal terminal,
        Func<CommandCall, CancellationToken, Task<int>> action,
        CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Begin($"maskwright {name}");
        try
        {
            var locator = new ServiceLocator(terminal, options.GetValue<string[]>(CommonOptions.EndpointName) ?? []);
            using var services = new ServiceConnections(locator, terminal.Time, terminal.Environment("MASKWRIGHT_TOKEN"));
            var call = new CommandCall(options, terminal, services);
            try
            {
                return await action(call, cancellationToken);
            }
            catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
            {
                return Explain(error, call);
            }
            catch (ServiceUnreachableException error)
            {
                return call.Refuse(ExitCode.Unreachable, ErrorReport.Local(StatusCode.Unavailable, "SERVICE_NOT_FOUND", error.Message));
            }
            catch (StorageException error) when (!cancellationToken.IsCancellationRequested)
            {
                var code = error.Kind == StorageFailure.Unreachable ? ExitCode.Unreachable : ExitCode.Failed;
                return call.Refuse(code, ErrorReport.Of(error));
            }
            catch (ArtifactException error)
            {
                return call.Refuse(ExitCode.Failed, ErrorReport.Local(StatusCode.DataLoss, "ARTIFACT_DAMAGED", error.Message));
            }
            catch (Exception error) when (IsLocal(error) && !cancellationToken.IsCancellationRequested)
            {
                return call.Refuse(ExitCode.Failed, ErrorReport.Local(StatusCode.Unknown, "LOCAL_FILE", error.Message));
            }
        }
        catch (UsageException error)
        {
            terminal.Say($"error: {error.Message}");
            return ExitCode.Usage;
        }
        catch (Exception error) when (error is OperationCanceledException or RpcException && cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Cancelled;
        }
    }

    /// <summary>Files that cannot be written, and downloads that fail or take too long.</summary>
    private static bool IsLocal(Exception error) =>
        error is IOException or UnauthorizedAccessException or HttpRequestException or OperationCanceledException;

    /// <summary>The innermost message, which says more than gRPC's "Error connecting to subchannel".</summary>
    private static string Cause(RpcException error)
    {
        var inner = error.Status.DebugException;
        while (inner?.InnerException is { } deeper)
            inner = deeper;
        return (inner?.Message ?? error.Status.Detail).TrimEnd('.') + ".";
    }

    private static int Explain(RpcException error, CommandCall call)
    {
        if (ErrorReport.StatusOf(error) is { } status)
            return call.Refuse(ExitCode.Failed, status);
        if (error.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        {
            return call.Refuse(ExitCode.Unreachable, ErrorReport.Local(
                error.StatusCode,
                "SERVICE_UNREACHABLE",
                $"No answer from {call.Services.Addresses}: {Cause(error)} Start the services with 'dotnet run --project AppHost'."));
        }

        return call.Refuse(ExitCode.Failed, ErrorReport.Local(error.StatusCode, "RPC", error.Status.Detail));
    }
}
