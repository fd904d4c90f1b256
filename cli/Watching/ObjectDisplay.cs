using Maskwright.Artifacts;
using Spectre.Console;

namespace Maskwright.Cli;

/// <summary>Work on many objects: a bar that moves where a person watches, else a line every few seconds.</summary>
internal static class ObjectDisplay
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    /// <summary>Shows work while it reports.</summary>
    public static async Task<T> ShowAsync<T>(Terminal terminal, string doing, Func<IProgress<ObjectProgress>, Task<T>> work)
    {
        if (!terminal.IsInteractive)
            return await work(new Lines(terminal, doing));
        return await terminal.ErrorConsole.Progress()
            .AutoClear(true)
            .Columns(
                new SpinnerColumn(),
                new ProgressBarColumn { Width = 30 },
                new PercentageColumn(),
                new RemainingTimeColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context => work(new Bar(context.AddTask(doing), doing)));
    }

    private static string Text(string doing, ObjectProgress progress) =>
        $"{doing} {progress.Objects:N0}/{progress.TotalObjects:N0} objects, {ArtifactTree.Size(progress.Bytes)} of {ArtifactTree.Size(progress.TotalBytes)}";

    private sealed class Bar(ProgressTask task, string doing) : IProgress<ObjectProgress>
    {
        public void Report(ObjectProgress value)
        {
            task.MaxValue = Math.Max(1, value.TotalBytes);
            task.Value = value.Bytes;
            task.Description = Markup.Escape(Text(doing, value));
        }
    }

    private sealed class Lines(Terminal terminal, string doing) : IProgress<ObjectProgress>
    {
        private long _last = terminal.Time.GetTimestamp();

        public void Report(ObjectProgress value)
        {
            var last = Interlocked.Read(ref _last);
            if (terminal.Time.GetElapsedTime(last) >= LineInterval && Interlocked.CompareExchange(ref _last, terminal.Time.GetTimestamp(), last) == last)
                terminal.Say($"  {Text(doing, value)}");
        }
    }
}
