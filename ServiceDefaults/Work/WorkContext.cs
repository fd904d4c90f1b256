using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Maskwright.Work.V1;

namespace Maskwright.ServiceDefaults;

/// <summary>What running work sees of itself, and how it says how far it is.</summary>
/// <typeparam name="T">The resource that is worked on.</typeparam>
public sealed class WorkContext<T>
    where T : class, IWorkResource, IMessage<T>, IDeepCloneable<T>
{
    // Often enough for a smooth bar, seldom enough to cost nothing.
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(200);

    private readonly WorkItem<T> _item;
    private readonly TimeProvider _time;
    private readonly Func<CancellationToken, Task> _save;
    private readonly ActivityContext _parent = Activity.Current?.Context ?? default;
    private readonly Lock _lock = new();
    private Activity? _stageSpan;
    private string _stage = string.Empty;
    private long _stageStart;
    private long _lastReport;
    private long _lastDone;

    internal WorkContext(WorkItem<T> item, string id, TimeProvider time, Func<CancellationToken, Task> save)
    {
        _item = item;
        _time = time;
        _save = save;
        Id = id;
    }

    /// <summary>The id, without its collection.</summary>
    public string Id { get; }

    /// <summary>The resource as it stands. Don't change it: use <see cref="UpdateAsync"/>.</summary>
    public T Resource => _item.Resource;

    /// <summary>W3C trace parent of the call that created the work; null when there was none.</summary>
    public string? TraceParent => _item.TraceParent;

    /// <summary>
    /// Begins a stage of the work that is told as a span of its own, and ends the one before; the same stage again changes
    /// nothing. For parts that a person would look for, not for every image.
    /// </summary>
    /// <param name="name">What is being done, in lower case.</param>
    public void EnterStage(string name)
    {
        lock (_lock)
        {
            if (_stageSpan?.OperationName == name)
                return;
            _stageSpan?.Dispose();
            // Threads of the stage have spans of their own: the stage must not become the parent of whatever runs next here.
            var current = Activity.Current;
            _stageSpan = WorkTelemetry.Activities.StartActivity(name, ActivityKind.Internal, _parent);
            Activity.Current = current;
        }
    }

    /// <summary>Ends the last stage.</summary>
    internal void EndStage()
    {
        lock (_lock)
            _stageSpan?.Dispose();
    }

    /// <summary>Says how far the work is. Called as often as one likes: watchers get a few a second, and every change of stage.</summary>
    /// <param name="stage">What is being done, in lower case.</param>
    /// <param name="done">Units done.</param>
    /// <param name="total">Units in this stage; 0 when it is not known.</param>
    /// <param name="unit">What a unit is, in the plural.</param>
    public void Report(string stage, long done, long total, string unit)
    {
        lock (_lock)
        {
            long now = _time.GetTimestamp();
            bool newStage = !string.Equals(stage, _stage, StringComparison.Ordinal);
            if (newStage)
            {
                _stage = stage;
                _stageStart = now;
            }
            else if (done < _lastDone)
            {
                // Reported by a thread that was overtaken.
                return;
            }
            else if ((done < total || total == 0 || done == _lastDone) && _time.GetElapsedTime(_lastReport, now) < ReportEvery)
            {
                return;
            }

            _lastReport = now;
            _lastDone = done;
            double seconds = _time.GetElapsedTime(_stageStart, now).TotalSeconds;
            double rate = seconds > 0 ? done / seconds : 0;
            var progress = new Progress { Stage = stage, Done = done, Total = total, Unit = unit, Rate = rate };
            if (rate > 0 && total >= done && (total - done) / rate < Duration.MaxSeconds)
                progress.Remaining = Duration.FromTimeSpan(TimeSpan.FromSeconds((total - done) / rate));
            // What is reported after the end comes from a thread that was overtaken.
            _item.TryUpdate(State.Running, EventKind.Progress, string.Empty, resource => resource.Progress = progress);
        }
    }

    /// <summary>Says a line to those who watch.</summary>
    public void Say(string message) => _item.Update(EventKind.Message, message, _ => { });

    /// <summary>Changes the resource, tells those who watch, and records it.</summary>
    public async Task UpdateAsync(EventKind kind, string message, Action<T> change, CancellationToken cancellationToken)
    {
        _item.Update(kind, message, change);
        await _save(cancellationToken);
    }
}
