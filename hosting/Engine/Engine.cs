using System.ComponentModel;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>Starts the resources in the order of their waits, watches them, and stops all of them.</summary>
internal sealed class Engine(IReadOnlyList<IResource> resources, EngineSettings settings, AppHostAssembly appHost, EngineOptions options)
{
    private readonly ConsoleOutput _console = new(options.Output, options.Colour);
    private readonly Dictionary<IResource, ResourceRun> _runs = resources.ToDictionary(resource => resource, resource => new ResourceRun(resource));
    private volatile bool _stopping;

    /// <summary>Runs until a stop is asked for, the resource to end with has ended, or nothing is left.</summary>
    /// <returns>Exit code for the AppHost: 0, that of the resource to end with, 1 after a failure, 130 when stopped before that resource ended.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = new StopRequests(options.HandleSignals, options.Time, cancellationToken);
        using var ports = new PortReservations();
        using var health = new HealthProbe(options.Time);
        _console.Say(Report.Banner);
        EndpointsFile? endpoints = null;
        try
        {
            endpoints = settings.EndpointsFile is { } path ? EndpointsFile.Claim(path) : null;
            var last = Last();
            await MaskSecretsAsync();
            return await RunToTheEndAsync(last, endpoints, ports, health, stop);
        }
        catch (DistributedApplicationException failure)
        {
            _console.Complain(failure.Message);
            return 1;
        }
        finally
        {
            endpoints?.Dispose();
            _console.Flush();
        }
    }

    private async Task<int> RunToTheEndAsync(ResourceRun? last, EndpointsFile? endpoints, PortReservations ports, HealthProbe health, StopRequests stop)
    {
        var start = options.Time.GetTimestamp();
        var command = new ResourceCommand(appHost, settings, _console);
        ResourceRun[] processes = [.. resources.Select(resource => _runs[resource]).Where(run => run.IsProcess && !run.IsExplicitStart)];
        List<Task> work = [];
        try
        {
            Reserve(ports);
            foreach (var run in _runs.Values.Where(run => !run.IsProcess))
            {
                run.SetStarted();
                run.SetHealthy(null);
            }

            // A defect in one resource's task must not leave the others running: WhenAll below rethrows it.
            work.AddRange(processes.Select(run => RunResourceAsync(run, command, ports, health, stop.Stop)));
            var settled = ReportStartAsync(processes, start, endpoints, stop.Stop);
            work.Add(settled);
            var end = last is null
                ? Task.WhenAll(processes.Select(run => run.Ended).Append<Task>(settled))
                : last.Ended;
            await Task.WhenAny(end, Task.Delay(Timeout.Infinite, stop.Stop));
            if (last is { Ended.IsCompleted: true })
                _console.Say($"'{last.Name}' has ended, and the application ends with it.");
            return ExitCode(last, processes, stop.Stop.IsCancellationRequested);
        }
        finally
        {
            _stopping = true;
            stop.Request();
            await StopAllAsync(processes, stop.Hurry);
            await Task.WhenAll(work);
        }
    }

    private static int ExitCode(ResourceRun? last, ResourceRun[] processes, bool stopped)
    {
        const int Interrupted = 130;
        if (last is not null)
            return last.Ended.IsCompletedSuccessfully ? last.Ended.Result.ExitCode ?? 1 : Interrupted;
        return !stopped && processes.Any(run => run.Ended.IsCompletedSuccessfully && run.Ended.Result.Failure is not null) ? 1 : 0;
    }

    private ResourceRun? Last()
    {
        if (settings.ExitWith is not { Length: > 0 } name)
            return null;
        return _runs.Values.FirstOrDefault(run => run.IsProcess && string.Equals(run.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new DistributedApplicationException($"The application is to end with resource '{name}', but no process of that name is part of it. Correct Embedded:ExitWith.");
    }

    /// <summary>Learns the secrets before anything is started, so that none is ever shown.</summary>
    private async Task MaskSecretsAsync()
    {
        foreach (var parameter in resources.OfType<ParameterResource>().Where(parameter => parameter.Secret))
        {
            if (await parameter.GetValueAsync() is { } value)
                _console.Mask(value);
        }
    }

    private void Reserve(PortReservations ports)
    {
        foreach (var run in _runs.Values)
        {
            try
            {
                ports.Reserve(run.Resource);
            }
            catch (DistributedApplicationException failure)
            {
                Fail(run, $"cannot start: {failure.Message}");
            }
        }
    }

    private async Task RunResourceAsync(ResourceRun run, ResourceCommand command, PortReservations ports, HealthProbe health, CancellationToken stop)
    {
        try
        {
            if (run.Ended.IsCompleted || await WaitForOthersAsync(run, stop) is not null)
                return;
            var line = await command.BuildAsync(run.Resource, stop);
            ports.Release(run.Resource);
            using var child = run.TryStart(() => ChildProcess.Start(line, text => run.Remember(_console.Line(run.Name, text)), options.Time));
            if (child is null)
            {
                run.SetEnded(new ResourceEnd(null, null));
                return;
            }

            run.SetStarted();
            await WatchAsync(run, child, health, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            run.SetEnded(new ResourceEnd(null, null));
        }
        catch (Exception failure) when (failure is DistributedApplicationException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            Fail(run, $"cannot start: {failure.Message}");
        }
    }

    /// <summary>Waits for what the resource waits for.</summary>
    /// <returns>Null when it may start; otherwise why it cannot, which has been reported.</returns>
    private async Task<string?> WaitForOthersAsync(ResourceRun run, CancellationToken stop)
    {
        foreach (var wait in run.Resource.Annotations.OfType<WaitAnnotation>())
        {
            var other = _runs[wait.Resource];
            string? missed;
            if (other is { IsProcess: true, IsExplicitStart: true })
            {
                missed = "is not started by itself (WithExplicitStart)";
            }
            else if (wait.Type == WaitType.Completed)
            {
                var end = await other.Ended.WaitAsync(stop);
                missed = end.ExitCode == wait.ExitCode ? null : end.Failure ?? $"ended with exit code {end.ExitCode} and not {wait.ExitCode}";
            }
            else
            {
                missed = await (wait.Type == WaitType.Healthy ? other.Healthy : other.Started).WaitAsync(stop);
            }

            stop.ThrowIfCancellationRequested();
            if (missed is null)
                continue;
            var reason = $"is not started: '{other.Name}', which it waits for, {FirstSentence(missed)}";
            Fail(run, reason);
            return reason;
        }

        return null;
    }

    private async Task WatchAsync(ResourceRun run, ChildProcess child, HealthProbe health, CancellationToken stop)
    {
        using var probing = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var probe = health.WaitAsync(run.Resource, options.HealthTimeout, probing.Token);
        if (await Task.WhenAny(probe, child.Exit) == probe && !probe.IsCanceled)
        {
            var unhealthy = probe.IsFaulted ? probe.Exception.InnerException!.Message : await probe;
            if (unhealthy is not null)
            {
                var waiting = string.Join(", ", Dependents(run).Select(dependent => $"'{dependent.Name}'"));
                _console.Complain(Report.Failure(run, $"is not healthy: {unhealthy}.{(waiting.Length == 0 ? "" : $" Waiting for it: {waiting}.")}"));
            }

            run.SetHealthy(unhealthy is null ? null : $"is not healthy: {unhealthy}.");
        }

        var exitCode = await child.Exit;
        await probing.CancelAsync();
        var before = run.Healthy.IsCompleted ? "" : " before it was healthy";
        if (_stopping || exitCode == 0)
            run.SetEnded(new ResourceEnd(exitCode, before.Length == 0 || _stopping ? null : $"ended{before}."));
        else
            Fail(run, $"ended with exit code {exitCode}{Signal(exitCode)}{before}.", exitCode);
        await Task.WhenAny(probe);
    }

    private void Fail(ResourceRun run, string reason, int? exitCode = null)
    {
        _console.Complain(Report.Failure(run, reason));
        run.SetEnded(new ResourceEnd(exitCode, reason));
    }

    private async Task ReportStartAsync(ResourceRun[] processes, long start, EndpointsFile? endpoints, CancellationToken stop)
    {
        if (processes.Length == 0)
            return;
        try
        {
            await Task.WhenAll(processes.Select(run => run.Healthy)).WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        var listening = processes.Where(run => !run.Ended.IsCompleted).Select(run => run.Resource);
        if (endpoints is not null)
            await endpoints.WriteAsync(listening.Concat(resources.OfType<IResourceWithConnectionString>()));
        _console.Say(Report.Started(processes, options.Time.GetElapsedTime(start)));
    }

    /// <summary>Stops everything, each resource after those that wait for it.</summary>
    private async Task StopAllAsync(ResourceRun[] processes, CancellationToken hurry)
    {
        Dictionary<ResourceRun, Task> stops = [];
        await Task.WhenAll(processes.Reverse().Select(Stop));

        Task Stop(ResourceRun run)
        {
            if (!stops.TryGetValue(run, out var task))
                stops[run] = task = StopOneAsync(run, Dependents(run).Select(Stop).ToArray());
            return task;
        }

        async Task StopOneAsync(ResourceRun run, Task[] dependents)
        {
            var child = run.BeginStop();
            await Task.WhenAll(dependents);
            if (child is not null && !await child.StopAsync(options.StopGrace, hurry))
                _console.Say($"'{run.Name}' did not end {(hurry.IsCancellationRequested ? "before the second signal" : $"within {options.StopGrace.TotalSeconds:0} s")} and was killed.");
        }
    }

    private IEnumerable<ResourceRun> Dependents(ResourceRun run) => _runs.Values.Where(other =>
        other.IsProcess && other.Resource.Annotations.OfType<WaitAnnotation>().Any(wait => ReferenceEquals(wait.Resource, run.Resource)));

    private static string Signal(int exitCode) => exitCode is > 128 and < 160 ? $" (signal {exitCode - 128})" : "";

    private static string FirstSentence(string reason) => reason.Split('\n', 2)[0];
}
