using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Maskwright.Segmentation;

/// <summary>
/// Prepares batches one after the other on a thread of its own, a few ahead of whoever takes them, so that a training step
/// does not wait for augmentation. What a batch holds depends on its number alone.
/// </summary>
internal sealed class BatchQueue : IDisposable
{
    private const int Ahead = 4;

    private readonly BlockingCollection<Batch> _ready = new(Ahead);
    private readonly CancellationTokenSource _stop;
    private readonly Thread _producer;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Begins preparing.</summary>
    /// <param name="count">Number of batches.</param>
    /// <param name="prepare">Makes the batch of a number from 0 to count - 1.</param>
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
        if (_ready.TryTake(out var batch, Timeout.Infinite, _stop.Token))
        {
            return batch;
        }

        _failure?.Throw();
        throw new InvalidOperationException("No batch is left: more were taken than prepared.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _producer.Join();
        while (_ready.TryTake(out var batch))
        {
            batch.Dispose();
        }

        _ready.Dispose();
        _stop.Dispose();
    }

    private void Produce(int count, Func<int, Batch> prepare)
    {
        try
        {
            for (var number = 0; number < count; number++)
            {
                _ready.Add(prepare(number), _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Whoever takes is told by the same token.
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            _ready.CompleteAdding();
        }
    }
}
