using System.Globalization;
using Google.Protobuf;
using Maskwright.Metrics.V1;

namespace Maskwright.Trainer;

/// <summary>
/// One process's part of a run's spool: what it reports is in a file before the call returns, so that it outlives the process.
/// Segments are closed after a second, or when they are full, and are then the relay's to deliver and to delete.
/// </summary>
/// <remarks>A segment is locked while it is written to; the system gives the lock up when the process ends, however it ends. Thread-safe.</remarks>
internal sealed partial class SpoolWriter : IDisposable
{
    // The collector takes no more images or lines at once; it takes ten times as many points.
    private const int SegmentRecords = 1_000;

    private static readonly TimeSpan SegmentTime = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly ILogger<SpoolWriter> _logger;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly MemoryStream _pending = new();
    private FileStream? _segment;
    private int _segments;
    private int _records;
    private long _lost;

    /// <summary>Begins a part behind those that are there.</summary>
    /// <param name="directory">The spool of all runs.</param>
    /// <param name="run">Id of the run.</param>
    /// <param name="time">Gives the part its name, and closes segments.</param>
    /// <param name="logger">Told when the disk refuses what is written.</param>
    public SpoolWriter(string directory, string run, TimeProvider time, ILogger<SpoolWriter> logger)
    {
        string client = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMddHHmmssfff}-{Environment.ProcessId}");
        _folder = Directory.CreateDirectory(Path.Combine(directory, run, client)).FullName;
        _logger = logger;
        _timer = time.CreateTimer(_ => Close(), null, SegmentTime, SegmentTime);
    }

    /// <summary>Keeps points.</summary>
    public void Add(IReadOnlyCollection<Point> points) => Add(SpoolRecord.Point, points);

    /// <summary>Keeps references to images.</summary>
    public void Add(IReadOnlyCollection<ImageReference> images) => Add(SpoolRecord.Image, images);

    /// <summary>Keeps a line of text.</summary>
    public void Add(TextEvent line) => Add(SpoolRecord.Line, [line]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        Close();
        if (_lost > 0)
            LogLost(_lost, _folder);
        _pending.Dispose();
    }

    // A disk that takes no more must not end the training: what it refuses is counted and said.
    private void Add(SpoolRecord kind, IReadOnlyCollection<IMessage> messages)
    {
        lock (_lock)
        {
            _pending.SetLength(0);
            foreach (var message in messages)
                SpoolSegment.Append(_pending, kind, message);

            try
            {
                _segment ??= Open();
                _segment.Write(_pending.GetBuffer().AsSpan(0, (int)_pending.Length));
                _records += messages.Count;
                if (_records >= SegmentRecords)
                    CloseSegment();
            }
            catch (IOException exception)
            {
                if (_lost == 0)
                    LogRefused(_folder, exception.Message);
                _lost += messages.Count;
                CloseSegment();
            }
        }
    }

    private FileStream Open() => new(
        Path.Combine(_folder, (++_segments).ToString("D8", CultureInfo.InvariantCulture)), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);

    private void Close()
    {
        lock (_lock)
            CloseSegment();
    }

    private void CloseSegment()
    {
        _segment?.Dispose();
        (_segment, _records) = (null, 0);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "What this run reports cannot be kept in {Folder}: {Reason} Training goes on without it.")]
    private partial void LogRefused(string folder, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Count} reports could not be kept in {Folder}.")]
    private partial void LogLost(long count, string folder);
}
