using System.Runtime.CompilerServices;

namespace Maskwright.Datasets;

/// <summary>Works on many items at once and gives the results in the items' order, holding only a few of them.</summary>
internal static class OrderedParallel
{
    /// <summary>Runs the work on each item.</summary>
    /// <param name="items">The items.</param>
    /// <param name="work">Runs on the thread pool; must look at its token.</param>
    /// <param name="degree">At most this many results are worked on or waiting to be taken.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async IAsyncEnumerable<TResult> SelectAsync<TItem, TResult>(
        IReadOnlyList<TItem> items,
        Func<TItem, CancellationToken, Task<TResult>> work,
        int degree,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Queue<Task<TResult>>(degree);
        try
        {
            for (var next = 0; next < items.Count || running.Count > 0;)
            {
                for (; next < items.Count && running.Count < degree; next++)
                {
                    var item = items[next];
                    running.Enqueue(Task.Run(() => work(item, stop.Token), stop.Token));
                }

                yield return await running.Dequeue();
            }
        }
        finally
        {
            // Nobody takes what is still running: stop it, and leave only when it no longer touches anything.
            await stop.CancelAsync();
            await Task.WhenAll((IEnumerable<Task>)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
