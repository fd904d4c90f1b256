using Google.Protobuf;
using Maskwright.Work.V1;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Work as a bar that moves, with what is worth a line above it.</summary>
internal sealed class InteractiveWorkDisplay(Terminal terminal) : IWorkDisplay
{
    /// <inheritdoc/>
    public Task<T> ShowAsync<T>(Func<Action<Event, T>, Task<T>> work)
        where T : class, IWorkResource, IMessage
    {
        var console = terminal.ErrorConsole;
        var lines = new WorkLines(console.Profile.Width - 5);
        return console.Progress()
            .AutoClear(true)
            .Columns(
                new SpinnerColumn(),
                new ProgressBarColumn { Width = 30 },
                new PercentageColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context =>
            {
                var bar = context.AddTask("waiting", maxValue: 1);
                bar.IsIndeterminate = true;
                return work((happened, resource) =>
                {
                    foreach (var line in lines.Of(happened, resource))
                        console.MarkupLine($"  [grey]·[/] {Markup.Escape(line)}");
                    if (resource.Progress is not { } progress)
                        return;
                    bar.IsIndeterminate = progress.Total <= 0;
                    bar.MaxValue = Math.Max(1, progress.Total);
                    bar.Value = Math.Min(progress.Done, bar.MaxValue);
                    bar.Description = Markup.Escape(ProgressText.Line(progress, resource));
                });
            });
    }
}
