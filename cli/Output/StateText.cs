using Maskwright.Metrics.V1;
using Maskwright.Work.V1;

namespace Maskwright.Cli;

/// <summary>States as people read them.</summary>
internal static class StateText
{
    /// <summary>In lower case.</summary>
    public static string Of(State state) => state switch
    {
        State.Queued => "queued",
        State.Running => "running",
        State.Succeeded => "succeeded",
        State.Failed => "failed",
        State.Cancelled => "cancelled",
        _ => "unknown",
    };

    /// <summary>In lower case.</summary>
    public static string Of(RunState state) => state switch
    {
        RunState.Running => "running",
        RunState.Succeeded => "succeeded",
        RunState.Failed => "failed",
        RunState.Cancelled => "cancelled",
        _ => "unknown",
    };

    /// <summary>With a colour, as Spectre markup.</summary>
    public static string Markup(string state) => state switch
    {
        "succeeded" => $"[green]{state}[/]",
        "failed" => $"[red]{state}[/]",
        "cancelled" => $"[yellow]{state}[/]",
        "running" => $"[blue]{state}[/]",
        _ => state,
    };
}
