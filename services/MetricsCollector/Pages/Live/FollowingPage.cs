using Grpc.Core;
using Maskwright.MetricsCollector.Pages.Orders;
using Microsoft.AspNetCore.Components;

namespace Maskwright.MetricsCollector.Pages.Live;

/// <summary>A page that shows what is there and looks again every now and then. What was asked for last is what is shown.</summary>
public abstract class FollowingPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private long _asked;

    /// <summary>A page.</summary>
    protected FollowingPage() => Closed = _closed.Token;

    /// <summary>Why there is nothing to show, or what is shown is old; null when all is well.</summary>
    protected string? Failure { get; private set; }

    /// <summary>Whether something was loaded at all.</summary>
    protected bool Loaded { get; private set; }

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Closed { get; }

    [Inject]
    private protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private protected TimeProvider Clock { get; set; } = null!;

    /// <summary>How often the page looks whether something has changed.</summary>
    private protected virtual TimeSpan Look => TimeSpan.FromSeconds(1);

    /// <summary>Whether there may be something new since the last load.</summary>
    private protected abstract bool HasChanged();

    /// <summary>Fetches what the address asks for, and returns how to show it.</summary>
    private protected abstract Task<Action> LoadAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => _ = FollowAsync();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        // Whoever tells of a new address is counting his listeners meanwhile: parts of the page that listen too come after it.
        await Task.Yield();
        if (!Closed.IsCancellationRequested)
            await ReloadAsync();
    }

    /// <summary>Loads anew.</summary>
    protected async Task ReloadAsync()
    {
        var asked = ++_asked;
        try
        {
            var show = await LoadAsync(Closed);
            if (asked != _asked)
                return;
            show();
            Failure = null;
        }
        catch (OperationCanceledException) when (Closed.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error) when (error is RpcException or MetricsDatabaseException or RunQueryException or RunNotFoundException)
        {
            if (asked != _asked)
                return;
            Failure = ServiceErrors.Text(error);
        }

        Loaded = true;
    }

    /// <summary>Changes the query of the address.</summary>
    /// <param name="values">New values by name; null or empty removes one.</param>
    /// <param name="replace">Whether the way back skips the present address.</param>
    protected void SetQuery(IReadOnlyDictionary<string, object?> values, bool replace = true) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(values), replace: replace);

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
                // What failed is tried again.
                if (Failure is null && !HasChanged())
                    continue;
                await ReloadAsync();
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
