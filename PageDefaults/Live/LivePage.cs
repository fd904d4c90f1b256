using Microsoft.AspNetCore.Components;

namespace Maskwright.PageDefaults.Live;

/// <summary>A page that looks every now and then whether there is something new to show, until it is left.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _closed = new();

    /// <summary>A page.</summary>
    protected LivePage() => Closed = _closed.Token;

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Closed { get; }

    /// <summary>Where the page is.</summary>
    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>What the page shows, as its address tells it.</summary>
    [Inject]
    protected PageQuery PageQuery { get; set; } = null!;

    /// <summary>The clock.</summary>
    [Inject]
    protected TimeProvider Clock { get; set; } = null!;

    /// <summary>How often the page looks.</summary>
    protected abstract TimeSpan Look { get; }

    /// <summary>Takes what is new.</summary>
    /// <returns>Whether there was anything, so that the page is drawn anew.</returns>
    protected abstract ValueTask<bool> LookAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => _ = FollowAsync();

    /// <summary>Ends the following.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        _closed.Cancel();
        _closed.Dispose();
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(Look, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(Closed))
            {
                if (await LookAsync())
                    StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (Closed.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }
}
