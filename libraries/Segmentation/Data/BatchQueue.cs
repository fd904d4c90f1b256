using System.Collections.Concurrent;

namespace Maskwright.Segmentation;

/// <summary>
/// Prepares batches on the pool's threads, a few ahead of whoever takes them, so that a training step does not wait for
/// augmentation. What a batch holds depends on its number alone, and they are taken in order.
/// </summary>
internal sealed class BatchQueue : IDisposable
{
    private const int Ahead = 4;

    private readonly BlockingCollection<Task<Batch>> _begun = new(Ahead);
    private readonly CancellationTokenSource _stop;
    private readonly Thread _producer;

    /// <summary>Begins preparing.</summary>
    /// <param name="count">Number of batches.</param>
    /// <param name="prepare">Makes the batch of a number from 0 to count - 1; called by several threads.</param>
    /// <param name="cancellationToken">Ends preparing, and waiting for it.</param>
    public BatchQueue(int count, Func<int, Batch> prepare, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _producer = new Thread(() => Produce(count, prepare)) { IsBackground = true, Name = "batches" };
        _producer.Start();
    }

    /// <summary>The next batch, in order; the caller disposes it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Batch Take()
    {
        if (!_begun.TryTake(out var batch, Timeout.Infinite, _stop.Token))
        {
            throw new InvalidOperationException("No batch is left: more were taken than prepared.");
        }

        return batch.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _producer.Join();
        while (_begun.TryTake(out var batch))
        {
// A failure of one that nobody has taken concerns nobody.
            if (Task.WhenAny(batch).GetAwaiter().GetResult().IsCompletedSuccessfully)
            {
                batch.GetAwaiter().GetResult().Dispose();
            }
        }

        _begun.Dispose();
        _stop.Dispose();
    }

    private void Produce(int count, Func<int, Batch> prepare)
    {
        try
        {
            for (var number = 0; number < count; number++)
            {
                var own = number;
                _begun.Add(Task.Run(() => prepare(own), _stop.Token), _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Whoever takes is told by the same token.
        }
        finally
        {
            _begun.CompleteAdding();
        }
    }
}
