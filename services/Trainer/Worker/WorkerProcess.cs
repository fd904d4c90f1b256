using System.Diagnostics;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;

namespace Maskwright.Trainer;

/// <summary>
/// The service's side of a worker: a process of its own for each run, with its own memory, that can be killed without harm.
/// It gets its order as one line of JSON on standard input, tells what happens as lines of JSON on standard output, and ends
/// when its input ends, so that it never outlives the service.
/// </summary>
internal sealed partial class WorkerProcess(IConfiguration configuration, TimeProvider time, ILogger<WorkerProcess> logger)
{
    private const int LastLinesKept = 10;

    // A worker stops after its present step, which takes seconds on a slow machine, and stores a checkpoint.
    private readonly TimeSpan _cancelGrace = configuration.GetValue("Trainer:CancelGrace", TimeSpan.FromMinutes(1));

    /// <summary>Runs a worker to its end.</summary>
    /// <param name="order">What it is to do.</param>
    /// <param name="onEvent">Told what happens, also while a cancelled worker stops.</param>
    /// <param name="cancellationToken">Asks it to stop; it is killed when it does not within the grace time.</param>
    /// <exception cref="RpcException">The worker failed; the status says why.</exception>
    /// <exception cref="WorkerDiedException">The worker died without a word.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, and has ended.</exception>
    public async Task RunAsync(WorkerOrder order, Func<WorkerEvent, Task> onEvent, CancellationToken cancellationToken)
    {
        using var process = Process.Start(StartInfo()) ?? throw new InvalidOperationException("The worker process could not be started.");
        LogStarted(process.Id, order.Run);
        var lastLines = new Queue<string>();
        try
        {
            await process.StandardInput.WriteLineAsync(
                JsonSerializer.Serialize(order, WorkerJson.Default.WorkerOrder).AsMemory(), cancellationToken);
            await process.StandardInput.FlushAsync(cancellationToken);
            using var tooLate = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            await using var end = tooLate.Token.Register(() => process.Kill(entireProcessTree: true));
            await using var cancel = cancellationToken.Register(() =>
            {
                tooLate.CancelAfter(_cancelGrace);
                AskToStop(process);
            });
            var log = RelayLogAsync(process, lastLines);
            var ended = await RelayEventsAsync(process, onEvent);
            await process.WaitForExitAsync(CancellationToken.None);
            await log;
            if (tooLate.IsCancellationRequested)
                await onEvent(new WorkerMessage($"the worker did not stop within {_cancelGrace:g} and was killed; its last checkpoint counts"));
            cancellationToken.ThrowIfCancellationRequested();
            ThrowUnlessSucceeded(ended, process.ExitCode, lastLines);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private void AskToStop(Process process)
    {
        try
        {
            process.StandardInput.WriteLine(WorkerOrder.CancelLine);
            process.StandardInput.Flush();
        }
        catch (IOException exception)
        {
            // It has ended by itself in this moment.
            LogGone(exception.Message);
        }
    }

    private ProcessStartInfo StartInfo()
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        string assembly = typeof(WorkerProcess).Assembly.Location;
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (string.Equals(Path.GetFileNameWithoutExtension(program), "dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(assembly);
        start.ArgumentList.Add(TrainingWorker.Argument);
        // The service may have its settings from elsewhere than the environment.
        start.Environment["ConnectionStrings__artifacts"] = configuration.GetConnectionString("artifacts");
        start.Environment["OTEL_SERVICE_NAME"] = (configuration["OTEL_SERVICE_NAME"] ?? "trainer") + "-worker";
        ComputeProcess.Prepare(start.Environment);
        return start;
    }

    private async Task<WorkerEvent?> RelayEventsAsync(Process process, Func<WorkerEvent, Task> onEvent)
    {
        WorkerEvent? last = null;
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (!WorkerEvent.TryParse(line, out var happened))
            {
                LogLine(line);
                continue;
            }

            last = happened;
            await onEvent(happened);
        }

        return last;
    }

    private async Task RelayLogAsync(Process process, Queue<string> lastLines)
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            LogLine(line);
            lastLines.Enqueue(line);
            if (lastLines.Count > LastLinesKept)
                lastLines.Dequeue();
        }
    }

    private static void ThrowUnlessSucceeded(WorkerEvent? last, int exitCode, IReadOnlyCollection<string> lastLines)
    {
        if (last is WorkerSucceeded)
            return;
        if (last is WorkerFailed failed)
            throw RpcErrors.Failed((Code)failed.Code, failed.Reason, failed.Message);
        throw new WorkerDiedException(exitCode, [.. lastLines]);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Worker process {ProcessId} trains {Run}")]
    private partial void LogStarted(int processId, string run);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "The worker had ended before it could be asked to stop: {Reason}")]
    private partial void LogGone(string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "[worker] {Line}")]
    private partial void LogLine(string line);
}
