using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Maskwright.ServiceDefaults.Tests;

/// <summary>Work that starts, says so, and goes on until the test ends it.</summary>
internal sealed class HeldWork
{
    private readonly Channel<string> _started = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _ends = new(StringComparer.Ordinal);

    public async Task RunAsync(WorkContext<DatasetResource> work, CancellationToken cancellationToken)
    {
        _started.Writer.TryWrite(work.Id);
        await EndOf(work.Id).Task.WaitAsync(cancellationToken);
    }

    /// <summary>Id of the work that started next.</summary>
    public Task<string> NextStartedAsync() =>
        _started.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFailAsync();

    /// <summary>Whether nothing has started that the test has not asked for.</summary>
    public bool NoneStarted => !_started.Reader.TryPeek(out _);

    public void Finish(string id) => EndOf(id).TrySetResult();

    public void Fail(string id, Exception exception) => EndOf(id).TrySetException(exception);

    private TaskCompletionSource EndOf(string id) =>
        _ends.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
