namespace Maskwright.ObjectStore;

/// <summary>Lets one writer at a time check an object's state and change it. Different keys rarely wait for each other.</summary>
internal sealed class KeyLocks : IDisposable
{
    private readonly SemaphoreSlim[] _stripes = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Takes the lock of a key; disposing the result gives it back.</summary>
    internal async Task<IDisposable> TakeAsync(string bucket, string key, CancellationToken cancellationToken)
    {
        var stripe = _stripes[(uint)HashCode.Combine(bucket, key) % (uint)_stripes.Length];
        await stripe.WaitAsync(cancellationToken);
        return new Held(stripe);
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_stripes, s => s.Dispose());

    private sealed class Held(SemaphoreSlim stripe) : IDisposable
    {
        public void Dispose() => stripe.Release();
    }
}
