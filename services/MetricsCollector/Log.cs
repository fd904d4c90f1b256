namespace Maskwright.MetricsCollector;

/// <summary>Everything the collector logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Metrics are kept in {Location}")]
    public static partial void Opened(ILogger logger, string location);

    [LoggerMessage(2, LogLevel.Critical, "{Message}")]
    public static partial void Unusable(ILogger logger, string message);

    [LoggerMessage(3, LogLevel.Information, "Run {Run} is registered")]
    public static partial void Created(ILogger logger, string run);

    [LoggerMessage(4, LogLevel.Information, "Run {Run} has ended: {Status}")]
    public static partial void Finished(ILogger logger, string run, RunStatus status);

    [LoggerMessage(12, LogLevel.Information, "Run {Run} is running again")]
    public static partial void Reopened(ILogger logger, string run);

    [LoggerMessage(5, LogLevel.Information, "Run {Run} is deleted")]
    public static partial void Deleted(ILogger logger, string run);

    [LoggerMessage(6, LogLevel.Error, "{Message}")]
    public static partial void Failed(ILogger logger, string message);

    [LoggerMessage(7, LogLevel.Critical, "{Message}")]
    public static partial void SetAside(ILogger logger, string message);

    [LoggerMessage(8, LogLevel.Information, "Run {Run} is deleted: it ended more than {Days} days ago")]
    public static partial void Expired(ILogger logger, string run, double days);

    [LoggerMessage(10, LogLevel.Information, "Run {Run} is exported to {Key}")]
    public static partial void Exported(ILogger logger, string run, string key);

    [LoggerMessage(11, LogLevel.Information, "Run {Run} is imported")]
    public static partial void Imported(ILogger logger, string run);

    [LoggerMessage(13, LogLevel.Warning, "Exports and imported pictures of the deleted run {Run} stay in storage: {Message}")]
    public static partial void NotForgotten(ILogger logger, string run, string message);

    [LoggerMessage(9, LogLevel.Error, "Retention stopped and will try again: {Message}")]
    public static partial void RetentionFailed(ILogger logger, string message);
}
