using Microsoft.JSInterop;

namespace Maskwright.MetricsCollector.Pages.Run.Live;

/// <summary>A run as an open page knows it: what the collector had when it was opened, and all that came since.</summary>
internal sealed class OpenRun(StoredRun run)
{
    private readonly SortedSet<string> _metrics = new(run.Metrics.Select(metric => metric.Metric), StringComparer.Ordinal);

    /// <summary>The parts of the page that want news; they are told on the page's own thread.</summary>
    public List<Func<RunNews, Task>> Listeners { get; } = [];

    /// <summary>The run. Its figures are those of the last change of the run itself.</summary>
    public StoredRun Run { get; private set; } = run;

    /// <summary>Its id.</summary>
    public string Id => Run.Registration.Id;

    /// <summary>What people call it.</summary>
    public string Name => Run.Registration.DisplayName is { Length: > 0 } name ? name : Id;

    /// <summary>Names of its metrics, in order.</summary>
    public IReadOnlyCollection<string> Metrics => _metrics;

    /// <summary>Whether it was deleted since the page was opened.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>Takes the run as an order of this page has left it.</summary>
    public void Set(StoredRun changed) => Run = changed;

    /// <summary>Takes news, and tells the parts of the page.</summary>
    public async Task TakeAsync(RunNews news)
    {
        Run = news.Run ?? Run;
        IsDeleted = news.IsDeleted;
        _metrics.UnionWith(news.Points.Select(series => series.Metric));
        foreach (var tell in Listeners.ToArray())
        {
            try
            {
                await tell(news);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or JSDisconnectedException && !Listeners.Contains(tell))
            {
                // It was left meanwhile.
            }
        }
    }
}
