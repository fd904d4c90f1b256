namespace Maskwright.Datasets;

/// <summary>
/// Work on one picture, which looks at its token before and after what takes long: decoding a hundred megapixels takes
/// seconds, and nothing ends it in its middle. Who cancels does not wait for it.
/// </summary>
internal static class PromptCancellation
{
    /// <summary>Runs work on the thread pool. Once it is cancelled it goes on by itself until it next looks at its token; its result is nobody's.</summary>
    /// <param name="work">Has to hold what it needs by itself until it ends.</param>
    /// <param name="cancellationToken">Ends the waiting at once.</param>
    public static Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
        Task.Run(work, cancellationToken).WaitAsync(cancellationToken);
}
