using Maskwright.PageDefaults.Live;
using Microsoft.AspNetCore.Components;

namespace Maskwright.MetricsCollector.Pages.Run.Live;

/// <summary>A part of a run's page: it shows the run and hears what happens to it.</summary>
public abstract class RunTab : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _closed = new();

    /// <summary>Creates it; shown once it is rendered.</summary>
    protected RunTab() => Closed = _closed.Token;

    [CascadingParameter]
    internal OpenRun Open { get; set; } = null!;

    [Inject]
    private protected MetricsStore Store { get; set; } = null!;

    [Inject]
    private protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private protected PageQuery PageQuery { get; set; } = null!;

    /// <summary>Cancelled when it is shown no more.</summary>
    protected CancellationToken Closed { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Open.Listeners.Remove(TakeAsync);
        await _closed.CancelAsync();
        _closed.Dispose();
        await LeaveAsync();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => Open.Listeners.Add(TakeAsync);

    /// <summary>Takes what has happened.</summary>
    private protected abstract Task TakeAsync(RunNews news);

    /// <summary>Gives up what the browser holds for it.</summary>
    private protected virtual ValueTask LeaveAsync() => ValueTask.CompletedTask;
}
