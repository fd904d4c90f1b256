using System.Collections.Concurrent;
using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>Sees to it that each device has one worker at most: a second one would take memory and time from the first.</summary>
internal sealed class DeviceSlots
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _slots = new(StringComparer.Ordinal);

    /// <summary>Takes a device once it is free.</summary>
    /// <param name="device">As the options name it.</param>
    /// <param name="onWait">Called with the device's name when it is not free at once.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>To be disposed to free the device.</returns>
    public async Task<IDisposable> TakeAsync(string device, Action<string> onWait, CancellationToken cancellationToken)
    {
        string name = TorchRuntime.DeviceOf(device);
        var slot = _slots.GetOrAdd(name, _ => new SemaphoreSlim(1, 1));
        if (!slot.Wait(0, CancellationToken.None))
        {
            onWait(name);
            await slot.WaitAsync(cancellationToken);
        }

        return new Taken(slot);
    }

    private sealed class Taken(SemaphoreSlim slot) : IDisposable
    {
        public void Dispose() => slot.Release();
    }
}
