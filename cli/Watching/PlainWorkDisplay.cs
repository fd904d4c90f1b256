using Google.Protobuf;
using Maskwright.Work.V1;

namespace Maskwright.Cli;

/// <summary>Work as lines of text for a log: what is worth a line at once, progress every few seconds.</summary>
internal sealed class PlainWorkDisplay(Terminal terminal) : IWorkDisplay
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public Task<T> ShowAsync<T>(Func<Action<Event, T>, Task<T>> work)
        where T : class, IWorkResource, IMessage
    {
        var lines = new WorkLines(int.MaxValue);
        var last = terminal.Time.GetTimestamp();
        return work((happened, resource) =>
        {
            foreach (var line in lines.Of(happened, resource))
            {
                terminal.Say($"  {line}");
                last = terminal.Time.GetTimestamp();
            }

            if (resource is { State: State.Running, Progress: { Done: > 0 } progress }
                && terminal.Time.GetElapsedTime(last) >= ProgressInterval)
            {
                terminal.Say($"  {ProgressText.Line(progress, resource)}");
                last = terminal.Time.GetTimestamp();
            }
        });
    }
}
