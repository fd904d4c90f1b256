using System.Diagnostics;

namespace Maskwright.Artifacts;

/// <summary>One storage operation while it runs: its span, and what its metrics will say.</summary>
internal sealed class StorageOperation : IDisposable
{
    private static readonly ActivitySource Source = new(StorageTelemetry.SourceName);

    // The SDK makes requests of its own, so that nothing but the flow of the call ties them to their operation.
    private static readonly AsyncLocal<StorageOperation?> Flow = new();

    private readonly string _name;
    private readonly StorageOptions _options;
    private readonly Activity? _span;
    private readonly long _started = Stopwatch.GetTimestamp();
    private string? _failure;
    private long _bytes;
    private int _attempts;

    /// <summary>Begins an operation. Requests of the same flow of calls count as its own from <see cref="Enter"/> on.</summary>
    internal StorageOperation(string name, StorageOptions options, string key)
    {
        (_name, _options) = (name, options);
        _span = Source.StartActivity($"storage {name}", ActivityKind.Client);
        _span?.SetTag("server.address", options.Endpoint.Authority);
        _span?.SetTag("aws.s3.bucket", options.Bucket);
        _span?.SetTag("aws.s3.key", key);
    }

    /// <summary>The operation that the calling code is part of.</summary>
    internal static StorageOperation? Current => Flow.Value;

    /// <summary>Makes this the operation of all that the calling method calls from here on.</summary>
    internal void Enter() => Flow.Value = this;

    internal void CountAttempt() => Interlocked.Increment(ref _attempts);

    internal void CountBytes(long bytes) => _bytes += bytes;

    /// <summary>Tells a failure that the operation survives, or that hides behind its own.</summary>
    internal void Note(Exception error) => _span?.AddException(error);

    internal void Fail(Exception error)
    {
        _failure = error is StorageException storage ? storage.Kind.ToString() : error.GetType().Name;
        _span?.SetStatus(ActivityStatusCode.Error, error.Message);
        _span?.SetTag("error.type", _failure);
    }

    /// <summary>Ends the span and records the metrics.</summary>
    public void Dispose()
    {
        if (_span is not null)
        {
            if (_bytes > 0)
                _span.SetTag(StorageTelemetry.Bytes, _bytes);
            _span.SetTag(StorageTelemetry.Attempts, _attempts);
            _span.Dispose();
        }

        var tags = new TagList { { "storage.operation", _name }, { "aws.s3.bucket", _options.Bucket } };
        StorageTelemetry.AttemptCount.Add(_attempts, tags);
        if (_bytes > 0)
            StorageTelemetry.ByteCount.Add(_bytes, tags);
        if (_failure is not null)
            tags.Add("error.type", _failure);
        StorageTelemetry.Durations.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, tags);
    }
}
