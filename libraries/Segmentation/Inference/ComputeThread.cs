using System.Collections.Concurrent;

namespace Maskwright.Segmentation;

/// <summary>
/// A thread on which everything that concerns one network is computed, one thing after the other. libtorch keeps a team of
/// OpenMP threads for each thread that calls it, so that calls from a pool would crowd the cores with teams.
/// </summary>
internal sealed class ComputeThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <summary>Starts the thread.</summary>
    public ComputeThread(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Computes on the thread; what is thrown there reaches whoever awaits.</summary>
    public Task<T> RunAsync<T>(Func<T> compute)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(compute());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    /// <summary>Finishes what was asked for and ends the thread.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (var compute in _work.GetConsumingEnumerable())
            compute();
    }
}
