using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Maskwright.Datasets;

/// <summary>Works on many items at once and gives the results in the items' order, holding only a few of them.</summary>
public static class OrderedParallel
{
    /// <summary>Runs the work on each item as it comes: results are given while further items are awaited.</summary>
    /// <param name="items">The items.</param>
    /// <param name="work">Runs on the thread pool; must look at its token.</param>
    /// <param name="degree">At most this many results are worked on, waiting to be taken, or in the taker's hands; at least 1.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async IAsyncEnumerable<TResult> SelectAsync<TItem, TResult>(
        IAsyncEnumerable<TItem> items,
        Func<TItem, CancellationToken, Task<TResult>> work,
        int degree,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var places = new SemaphoreSlim(degree);
        var running = Channel.CreateUnbounded<Task<TResult>>();
        var starting = StartAsync(items, work, places, running.Writer, stop.Token);
        try
        {
            await foreach (var result in running.Reader.ReadAllAsync(cancellationToken))
            {
                yield return await result;
                places.Release();
            }
        }
        finally
        {
            // Nobody takes what is still running: stop it, and leave only when it no longer touches anything.
            await stop.CancelAsync();
            await starting;
            while (running.Reader.TryRead(out var left))
                await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc cref="SelectAsync{TItem, TResult}(IAsyncEnumerable{TItem}, Func{TItem, CancellationToken, Task{TResult}}, int, CancellationToken)"/>
    public static IAsyncEnumerable<TResult> SelectAsync<TItem, TResult>(
        IReadOnlyList<TItem> items, Func<TItem, CancellationToken, Task<TResult>> work, int degree, CancellationToken cancellationToken) =>
        SelectAsync(items.ToAsyncEnumerable(), work, degree, cancellationToken);

    // What goes wrong with the items comes out of the channel, after the results of those before.
    private static async Task StartAsync<TItem, TResult>(
        IAsyncEnumerable<TItem> items,
        Func<TItem, CancellationToken, Task<TResult>> work,
        SemaphoreSlim places,
        ChannelWriter<Task<TResult>> running,
        CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in items.WithCancellation(cancellationToken))
            {
                await places.WaitAsync(cancellationToken);
                await running.WriteAsync(Task.Run(() => work(item, cancellationToken), cancellationToken), CancellationToken.None);
            }

            running.Complete();
        }
        catch (Exception exception)
        {
            running.Complete(exception);
        }
    }
}
