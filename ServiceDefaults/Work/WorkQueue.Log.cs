using Google.Protobuf;
using Maskwright.Work.V1;
using Microsoft.Extensions.Logging;

namespace Maskwright.ServiceDefaults;

/// <content>What it says in the log.</content>
public sealed partial class WorkQueue<T>
    where T : class, IWorkResource, IMessage<T>, IDeepCloneable<T>, new()
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Name} queued")]
    private partial void LogQueued(string name);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "{Name} started")]
    private partial void LogStarted(string name);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "{Name} succeeded")]
    private partial void LogSucceeded(string name);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "{Name} cancelled")]
    private partial void LogCancelled(string name);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "{Name} interrupted by shutdown; it starts again with the service")]
    private partial void LogInterrupted(string name);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "{Name} deleted")]
    private partial void LogDeleted(string name);

    [LoggerMessage(EventId = 7, Level = LogLevel.Error, Message = "{Name} failed")]
    private partial void LogFailed(Exception exception, string name);

    [LoggerMessage(EventId = 12, Level = LogLevel.Error, Message = "{Name} failed: {Cause}")]
    private partial void LogRefused(string name, string cause);

    [LoggerMessage(EventId = 8, Level = LogLevel.Error, Message = "The end of {Name} could not be recorded")]
    private partial void LogNotSaved(Exception exception, string name);

    [LoggerMessage(EventId = 9, Level = LogLevel.Error, Message = "{Key} can't be read and is passed over")]
    private partial void LogBadState(Exception exception, string key);

    [LoggerMessage(EventId = 10, Level = LogLevel.Warning, Message = "Records can't be read yet, trying again: {Reason}")]
    private partial void LogNotLoaded(string reason);

    [LoggerMessage(EventId = 11, Level = LogLevel.Information, Message = "{Count} records of {Collection} read")]
    private partial void LogLoaded(int count, string collection);
}
