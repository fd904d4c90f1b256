namespace Maskwright.ObjectStore.Tests;

/// <summary>Zeroes without end, of which only so many come until the test lets go.</summary>
internal sealed class HeldStream(int free) : MemoryStream
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _given;

    /// <summary>Ends when a reader waits for more than there is.</summary>
    public Task Held => _held.Task;

    /// <summary>Lets the rest come.</summary>
    public void Release() => _released.TrySetResult();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_given >= free)
        {
            _held.TrySetResult();
            await _released.Task.WaitAsync(cancellationToken);
        }

        buffer.Span.Clear();
        _given += buffer.Length;
        return buffer.Length;
    }
}
