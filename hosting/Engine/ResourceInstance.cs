using System.ComponentModel;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>A resource with a process, or one replica of it, through any number of starts and stops. Its state is its snapshot on the board.</summary>
internal sealed class ResourceInstance : IDisposable
{
    private const int KeptLastLines = 10;

    /// <summary>Characters of console log kept of each resource, whatever its lines' length.</summary>
    private const int KeptCharacters = 8 * 1024 * 1024;

    private readonly EngineParts _engine;
    private readonly int _replica;
    private readonly Lock _lock = new();
    private CancellationTokenSource _end = new();
    private Task _life = Task.CompletedTask;
    private bool _closed;

    public ResourceInstance(IResource resource, int replica, string name, EngineParts engine)
    {
        _engine = engine;
        _replica = replica;
        Resource = resource;
        Name = name;
        Log = new ConsoleLog(engine.Settings.ConsoleLines, KeptCharacters, engine.Time);
        var first = ResourceDescription.First(resource, Name, IsExplicitStart ? ResourceState.NotStarted : ResourceState.Waiting, engine.Time.GetUtcNow());
        engine.Board.Add(first with { Commands = ResourceCommands.Of(resource, first.State) });
    }

    public IResource Resource { get; }

    /// <summary>Name of the resource, for a replica with its number.</summary>
    public string Name { get; }

    public ConsoleLog Log { get; }

    public bool IsExplicitStart => Resource.Annotations.OfType<ExplicitStartupAnnotation>().Any();

    public ResourceSnapshot Snapshot => _engine.Board.Find(Name)!;

    /// <summary>Whether there is a process to start at all.</summary>
    public static bool HasProcess(IResource resource) => resource is ProjectResource or ExecutableResource or ContainerResource;

    /// <summary>Gives the endpoints their ports, so that others can refer to them before it runs.</summary>
    public void Reserve()
    {
        try
        {
            _engine.Ports.Reserve(Resource, _replica);
            Update(snapshot => snapshot with { Urls = ResourceDescription.UrlsOf(Resource, _replica) });
        }
        catch (DistributedApplicationException failure)
        {
            Fail($"cannot start: {failure.Message}");
        }
    }

    /// <summary>Begins a life, unless one is under way or the application is being stopped.</summary>
    /// <returns>Whether one was begun.</returns>
    public bool Start()
    {
        lock (_lock)
        {
            if (_closed || !_life.IsCompleted)
                return false;
            _end.Dispose();
            _end = new CancellationTokenSource();
            var end = _end.Token;
            Update(snapshot => snapshot with { State = ResourceState.Waiting, Reason = null });
            _life = Task.Run(() => LiveAsync(end), CancellationToken.None);
            return true;
        }
    }

    /// <summary>Ends the present life and waits for it to have ended.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            if (!_life.IsCompleted)
                _end.Cancel();
            return _life;
        }
    }

    /// <summary>Lets no life begin any more.</summary>
    public void Close()
    {
        lock (_lock)
            _closed = true;
    }

    public void Dispose() => _end.Dispose();

    /// <summary>Kills without waiting for the grace time to pass.</summary>
    public CancellationToken Hurry { get; set; }

    /// <summary>Writes a line as if the resource had written it.</summary>
    public void WriteLine(string line, bool isError) => Log.Add(_engine.Console.Line(Name, line), isError);

    public void Update(Func<ResourceSnapshot, ResourceSnapshot> change) => _engine.Board.Update(Name, snapshot =>
    {
        var changed = change(snapshot);
        return changed.State == snapshot.State ? changed : changed with { Commands = ResourceCommands.Of(Resource, changed.State) };
    });

    private async Task LiveAsync(CancellationToken end)
    {
        try
        {
            await WaitForOthersAsync(end);
            if (Resource is ContainerResource && await _engine.Containers.FindAsync() is { Problem: { } problem })
            {
                Settle(ResourceState.RuntimeUnavailable, $"cannot run here: {problem}");
                return;
            }

            Update(snapshot => snapshot with { State = ResourceState.Starting, Reason = null });
            _engine.Ports.Reserve(Resource, _replica);
            var checks = HealthMonitor.ChecksOf(Resource, _replica);
            var (command, environment) = await _engine.Launch.BuildAsync(Resource, _replica, Name, end);
            Update(snapshot => snapshot with { Environment = environment });
            end.ThrowIfCancellationRequested();
            _engine.Ports.Release(Resource, _replica);
            using var child = ChildProcess.Start(command, WriteLine, _engine.Time);
            await RunAsync(child, checks, end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            Settle(ResourceState.Finished, "was stopped before it had started.");
        }
        catch (Exception failure) when (failure is DistributedApplicationException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            Fail($"cannot start: {failure.Message}");
        }
        catch (Exception defect)
        {
            // A defect in one resource must not leave the others running unwatched: it is shown, and the resource counts as failed.
            Fail($"cannot go on: {defect}");
        }
    }

    /// <summary>Waits until everything the resource waits for is as it wants it, telling meanwhile what stands in the way.</summary>
    private async Task WaitForOthersAsync(CancellationToken end)
    {
        string? told = null;
        await foreach (var all in _engine.Board.WatchAsync(end))
        {
            var waits = WaitConditions.Judge(Resource, all);
            var obstacle = waits.FirstOrDefault(wait => wait.Reason is not null);
            var reason = obstacle is null ? null : $"is not started: '{obstacle.ResourceName}', which it waits for, {obstacle.Reason!.Split('\n', 2)[0]}";
            Update(snapshot => snapshot.Waits.SequenceEqual(waits) && snapshot.Reason == reason ? snapshot : snapshot with { Waits = waits, Reason = reason });
            if (waits.All(wait => wait.IsMet))
                return;
            if (reason is not null && reason != told)
                _engine.Console.Complain($"'{Name}' {reason}");
            told = reason;
        }
    }

    private async Task RunAsync(ChildProcess child, IReadOnlyList<(Uri Url, int StatusCode)> checks, CancellationToken end)
    {
        Update(snapshot => snapshot with
        {
            State = ResourceState.Running,
            Reason = null,
            Health = checks.Count == 0 ? ResourceHealth.Healthy : ResourceHealth.Pending,
            HealthReports = [],
            StartedAt = child.StartedAt,
            EndedAt = null,
            ExitCode = null,
            LastLines = [],
            ProcessIds = [child.Id],
        });
        using var probing = CancellationTokenSource.CreateLinkedTokenSource(end);
        var health = _engine.Health.WatchAsync(checks, ReportHealth, probing.Token);
        await Task.WhenAny(child.Exit, Task.Delay(Timeout.Infinite, end));
        var asked = end.IsCancellationRequested && !child.Exit.IsCompleted;
        var killed = false;
        if (asked)
        {
            Update(snapshot => snapshot with { State = ResourceState.Stopping, Reason = null });
            killed = !await child.StopAsync(_engine.Settings.StopGrace, Hurry);
            if (killed)
                _engine.Console.Say($"'{Name}' {KilledReason()}");
        }

        var exitCode = await child.Exit;
        await probing.CancelAsync();
        await health;
        var unready = Snapshot.Health == ResourceHealth.Pending ? " before it was healthy" : "";
        if (asked)
            Settle(ResourceState.Finished, killed ? KilledReason() : null, exitCode);
        else if (exitCode == 0)
            Settle(ResourceState.Finished, unready.Length == 0 ? null : $"ended{unready}.", exitCode);
        else
            Fail($"ended with exit code {exitCode}{Signal(exitCode)}{unready}.", exitCode);
    }

    private string KilledReason() =>
        $"did not end {(Hurry.IsCancellationRequested ? "before the second signal" : $"within {_engine.Settings.StopGrace.TotalSeconds:0} s")} and was killed.";

    private void ReportHealth(ResourceHealth health, IReadOnlyList<HealthReport> reports)
    {
        var before = Snapshot;
        var failed = reports.FirstOrDefault(report => report.Health == ResourceHealth.Unhealthy);
        var reason = health != ResourceHealth.Unhealthy || failed is null
            ? null
            : before.Health == ResourceHealth.Pending
                ? $"is not healthy: {failed.Name} {failed.Description} after {_engine.Settings.HealthTimeout.TotalSeconds:0} s."
                : $"is not healthy any more: {failed.Name} {failed.Description}.";
        if (before.Health == health)
            reason = before.Reason;
        Update(snapshot => snapshot with { Health = health, HealthReports = reports, Reason = reason });
        if (before.Health == health || before.Health == ResourceHealth.Pending && health == ResourceHealth.Healthy)
            return;
        if (reason is null)
        {
            _engine.Console.Say($"'{Name}' is healthy again.");
            return;
        }

        var waiting = string.Join(", ", _engine.Board.Current
            .Where(other => other.State == ResourceState.Waiting && other.Waits.Any(wait => wait.ResourceName == Resource.Name))
            .Select(other => $"'{other.Name}'"));
        _engine.Console.Complain(Report.Failure(Name, $"{reason}{(waiting.Length == 0 ? "" : $" Waiting for it: {waiting}.")}", LastLines()));
    }

    private void Fail(string reason, int? exitCode = null)
    {
        _engine.Console.Complain(Report.Failure(Name, reason, LastLines()));
        Settle(ResourceState.Failed, reason, exitCode);
    }

    private void Settle(ResourceState state, string? reason, int? exitCode = null)
    {
        if (state == ResourceState.RuntimeUnavailable)
            _engine.Console.Complain($"'{Name}' {reason}");
        Update(snapshot => snapshot with
        {
            State = state,
            Reason = reason,
            Health = ResourceHealth.Unknown,
            ProcessIds = [],
            ExitCode = exitCode,
            EndedAt = exitCode is null ? snapshot.EndedAt : _engine.Time.GetUtcNow(),
            LastLines = state == ResourceState.Failed ? LastLines() : [],
        });
    }

    private IReadOnlyList<string> LastLines() => [.. Log.Snapshot().Lines.TakeLast(KeptLastLines).Select(line => LogLine.Clean(line.Text, keepColour: false))];

    private static string Signal(int exitCode) => exitCode is > 128 and < 160 ? $" (signal {exitCode - 128})" : "";
}
