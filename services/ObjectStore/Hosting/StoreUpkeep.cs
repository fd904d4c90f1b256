namespace Maskwright.ObjectStore;

/// <summary>
/// Takes away what nobody asks for any more, beside the requests: once at start what a crash left behind, then every hour the
/// uploads in parts that were never completed.
/// </summary>
internal sealed partial class StoreUpkeep(MultipartUploads uploads, ObjectStoreOptions options, TimeProvider time, ILogger<StoreUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        await RunAsync(() =>
        {
            if (uploads.RemoveUnreferenced(stoppingToken) is > 0 and var removed)
                LogRemoved(removed);
            return Task.CompletedTask;
        });
        do
        {
            await RunAsync(async () =>
            {
                foreach (var upload in await uploads.AbortStaleAsync(time.GetUtcNow() - options.StaleUploadAge, stoppingToken))
                    LogAborted(upload.Bucket, upload.Key, upload.Initiated);
            });
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // Upkeep that fails is told of and tried again later; the store serves on.
    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await Task.Yield();
            await work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or S3Exception)
        {
            LogFailed(error);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Parts of {Count} uploads that a crash left behind were removed")]
    private partial void LogRemoved(int count);

    [LoggerMessage(2, LogLevel.Information, "The upload of {Bucket}/{Key} begun {Initiated:u} was never completed and is removed")]
    private partial void LogAborted(string bucket, string key, DateTimeOffset initiated);

    [LoggerMessage(3, LogLevel.Warning, "Removing leftovers failed and is tried again later")]
    private partial void LogFailed(Exception error);
}
