using Maskwright.PageDefaults.Live;

namespace Maskwright.Dashboard.Live;

/// <summary>A page that shows what is in memory and follows it, until it is paused.</summary>
public abstract class PausablePage : LivePage
{
    private object? _shown;

    /// <summary>Whether the page stands still; what arrives meanwhile is kept and shown afterwards.</summary>
    protected bool Paused { get; private set; }

    /// <inheritdoc/>
    protected override TimeSpan Look => TimeSpan.FromMilliseconds(500);

    /// <summary>Equals its last value as long as nothing that is shown has changed.</summary>
    private protected abstract object Version { get; }

    /// <summary>Takes what is to be shown.</summary>
    private protected abstract void Load();

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

    /// <inheritdoc/>
    protected override ValueTask<bool> LookAsync()
    {
        if (Paused || Version.Equals(_shown))
            return new(false);
        Reload();
        return new(true);
    }
}
