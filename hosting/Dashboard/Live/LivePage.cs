using Microsoft.AspNetCore.Components;

namespace Maskwright.Dashboard.Live;

/// <summary>A page that shows what is there and follows it, until it is paused.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _closed = new();
    private object? _shown;

    [Inject]
    private protected TimeProvider Clock { get; set; } = null!;

    [Inject]
    private protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>Whether the page stands still; what arrives meanwhile is kept and shown afterwards.</summary>
    protected bool Paused { get; private set; }

    /// <summary>Equals its last value as long as nothing that is shown has changed.</summary>
    private protected abstract object Version { get; }

    /// <summary>Takes what is to be shown.</summary>
    private protected abstract void Load();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => _ = FollowAsync();

    /// <summary>Shows at once what the address and the filters ask for now, also while paused.</summary>
    protected override void OnParametersSet() => Reload();

    /// <summary>Takes what is there now, also while paused.</summary>
    protected void Reload()
    {
        _shown = Version;
        Load();
    }

    /// <summary>Lets the page stand still or follow.</summary>
    protected void SetPaused(bool paused)
    {
        Paused = paused;
        if (!paused)
            Reload();
    }

    /// <summary>Changes the query of the address, leaving the page.</summary>
    protected void SetQuery(string name, string? value) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value), replace: true);

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
        var closed = _closed.Token;
        using var timer = new PeriodicTimer(Look, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(closed))
            {
                if (Paused || Version.Equals(_shown))
                    continue;
                Reload();
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }
}
