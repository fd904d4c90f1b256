using System.CommandLine;
using Grpc.Core;
using Maskwright.Metrics.V1;

namespace Maskwright.Cli;

/// <summary><c>maskwright runs watch|compare</c></summary>
internal static class RunsReading
{
    public static Command Watch(Terminal terminal)
    {
        var name = RunsCommands.Name();
        var metrics = new Option<string[]>("--metric")
        {
            Description = "Only this metric. Can be repeated.", HelpName = "METRIC", DefaultValueFactory = _ => [],
        };
        return new Command("watch", "Print points of a run as they are kept, a line each, until it has ended. With --json a message of the stream a line.") { name, metrics }.Does(terminal, async (call, cancellationToken) =>
        {
            var request = new WatchMetricsRequest { Run = RunsCommands.Full(call, name), Metrics = { call.Options.GetValue(metrics) ?? [] } };
            using var watch = call.Services.Metrics.WatchMetrics(request, cancellationToken: cancellationToken);
            var state = RunState.Unspecified;
            await foreach (var message in watch.ResponseStream.ReadAllAsync(cancellationToken))
            {
                if (call.IsJson)
                    call.Terminal.Output.WriteLine(JsonText.Line(message));
                foreach (var point in call.IsJson ? [] : message.Points)
                    call.Terminal.Output.WriteLine($"{point.Step,10}  {point.Metric}  {Numbers.Figure(point.Value)}");
                if (message.Lagged)
                    call.Terminal.Say("Some points came too fast and are left out here; 'maskwright runs show' has them all.");
                if (message.Run is { } run && run.State != state)
                {
                    state = run.State;
                    call.Terminal.Say($"{run.Name} is {StateText.Of(state)}.");
                }
            }

            return ExitCode.Ok;
        });
    }

    public static Command Compare(Terminal terminal)
    {
        var names = new Argument<string[]>("NAME") { Description = "Two or more of runs/ID, or only the ID.", Arity = new ArgumentArity(2, 50) };
        return new Command("compare", "Set runs side by side: the options that differ, and every metric at its best (and at its last step).") { names }.Does(terminal, async (call, cancellationToken) =>
        {
            var request = new CompareRunsRequest { Names = { (call.Options.GetValue(names) ?? []).Select(name => ResourceName.Full(ResourceName.Runs, name)) } };
            var comparison = await call.Services.Metrics.CompareRunsAsync(request, call.Services.Once(cancellationToken));
            call.Write(comparison, () => RunComparisonView.Show(call.Terminal, comparison));
            return ExitCode.Ok;
        });
    }
}
