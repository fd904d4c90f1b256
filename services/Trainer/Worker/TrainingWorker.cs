using System.Diagnostics;
using System.Text.Json;
using Maskwright.ServiceDefaults;

namespace Maskwright.Trainer;

/// <summary>
/// The worker's side: this program started again to train one run. It reads its order from standard input, tells what happens
/// on standard output, logs to standard error, and ends at once when its input ends, for then the service is gone.
/// </summary>
internal static class TrainingWorker
{
    /// <summary>The argument that makes this program a worker.</summary>
    public const string Argument = "worker";

    private const int ExitSucceeded = 0;
    private const int ExitFailed = 1;
    private const int ExitCancelled = 2;

    private static readonly ActivitySource Activities = new("Maskwright.Trainer");

    /// <summary>Trains the run that standard input asks for.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync()
    {
        // Whatever writes to the console by itself must not end up between the events.
        await using var events = new EventWriter(Console.OpenStandardOutput());
        Console.SetOut(Console.Error);

        using var input = new StreamReader(Console.OpenStandardInput());
        if (await input.ReadLineAsync() is not { } line)
        {
            await Console.Error.WriteLineAsync("A worker is started by the trainer service, which hands it its order on standard input. Start the service instead.");
            return ExitFailed;
        }

        using var cancellation = new CancellationTokenSource();
        _ = Task.Factory.StartNew(() => ListenAsync(input, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        var builder = Host.CreateApplicationBuilder();
        builder.Logging.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.ConfigureOpenTelemetry();
        builder.AddArtifacts();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(events);
        builder.Services.AddSingleton<RunTraining>();
        using var host = builder.Build();
        await host.StartAsync();
        Activity? activity = null;
        try
        {
            var order = JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerOrder)
                ?? throw new InvalidDataException("The order is null.");
            activity = Activities.StartActivity("train", ActivityKind.Internal, order.TraceParent);
            var succeeded = await host.Services.GetRequiredService<RunTraining>().RunAsync(order, cancellation.Token);
            events.Write(succeeded);
            return ExitSucceeded;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCancelled;
        }
        catch (Exception exception)
        {
            activity?.AddException(exception);
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            // The service's log shows the whole; the run's state gets the reason.
            await Console.Error.WriteLineAsync(exception.ToString());
            var status = RpcErrors.ToStatus(exception);
            events.Write(new WorkerFailed(status.Code, RpcErrors.ReasonOf(status), status.Message));
            return ExitFailed;
        }
        finally
        {
            activity?.Dispose();
            await host.StopAsync();
        }
    }

    private static async Task ListenAsync(StreamReader input, CancellationTokenSource cancellation)
    {
        while (await input.ReadLineAsync() is { } line)
        {
            if (string.Equals(line, WorkerOrder.CancelLine, StringComparison.Ordinal))
                await cancellation.CancelAsync();
        }

        // Outright: whoever takes the run up again must not find this process still at it. The last checkpoint is enough.
        Process.GetCurrentProcess().Kill();
    }
}
