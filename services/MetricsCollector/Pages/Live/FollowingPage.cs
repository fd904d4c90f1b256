using Grpc.Core;
using Maskwright.MetricsCollector.Pages.Orders;
using Maskwright.PageDefaults.Live;

namespace Maskwright.MetricsCollector.Pages.Live;

/// <summary>A page that fetches what it shows. What was asked for last is what is shown; what failed is tried again.</summary>
public abstract class FollowingPage : LivePage
{
    private long _asked;

    /// <summary>Why there is nothing to show, or what is shown is old; null when all is well.</summary>
    protected string? Failure { get; private set; }

    /// <summary>Whether something was loaded at all.</summary>
    protected bool Loaded { get; private set; }

    /// <inheritdoc/>
    protected override TimeSpan Look => TimeSpan.FromSeconds(1);

    /// <summary>Whether there may be something new since the last load.</summary>
    private protected abstract bool HasChanged();

    /// <summary>Fetches what the address asks for, and returns how to show it.</summary>
    private protected abstract Task<Action> LoadAsync(CancellationToken cancellationToken);

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

    /// <inheritdoc/>
    protected override async ValueTask<bool> LookAsync()
    {
        if (Failure is null && !HasChanged())
            return false;
        await ReloadAsync();
        return true;
    }
}
