using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Maskwright.Hosting;

/// <summary>Starts the resources in the order of their waits, watches them, and stops all of them.</summary>
internal sealed class Engine(IReadOnlyList<IResource> resources, IConfiguration configuration, AppHostAssembly appHost, EngineOptions options)
{
    private readonly ConsoleOutput _console = new(options.Output, options.Colour);
    private EngineSettings _settings = new();
    private IReadOnlyDictionary<string, ConsoleLog> _logs = new Dictionary<string, ConsoleLog>();

    /// <summary>Every resource's state.</summary>
    public ResourceBoard Board { get; } = new();

    /// <summary>Executes commands; null until the application runs.</summary>
    public ResourceCommands? Commands { get; private set; }

    /// <summary>The console log of a resource or replica; null for one that has none.</summary>
    public ConsoleLog? LogOf(string name) => _logs.GetValueOrDefault(name);

    /// <summary>Runs until a stop is asked for, the resource to end with has ended, or (without a dashboard) nothing is left.</summary>
    /// <returns>Exit code for the AppHost: 0, that of the resource to end with, 1 after a failure, 130 when stopped before that resource ended.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = new StopRequests(options.HandleSignals, options.Time, cancellationToken);
        try
        {
            _settings = EngineSettings.From(configuration);
            if (PublishSettings.From(configuration) is { } publish)
                return await new Publisher(resources, appHost, _settings, publish, _console).WriteAsync(stop.Stop);
        }
        catch (DistributedApplicationException failure)
        {
            _console.Complain(failure.Message);
            return 1;
        }

        using var ports = new PortReservations();
        using var health = new HealthMonitor(options.Time, _settings.HealthTimeout);
        _console.Say(Report.Banner);
        EndpointsFile? endpoints = null;
        RunningDashboard? dashboard = null;
        try
        {
            endpoints = _settings.EndpointsFile is { } path ? EndpointsFile.Claim(path) : null;
            var containers = new ContainerEngine(_settings.ContainerEngine);
            var engine = new EngineParts
            {
                Board = Board,
                Console = _console,
                Ports = ports,
                Health = health,
                Containers = containers,
                Launch = new Launch(appHost, _settings, _console, containers),
                Settings = _settings,
                Time = options.Time,
            };
            await AddValuesAsync();
            ResourceInstance[] instances = [.. resources.Where(ResourceInstance.HasProcess).SelectMany(resource => Replicas(resource, engine))];
            using var services = new ServiceCollection().AddSingleton(configuration).AddSingleton(options.Time).BuildServiceProvider();
            Commands = new ResourceCommands(instances, Board, services);
            _logs = instances.ToDictionary(instance => instance.Name, instance => instance.Log, StringComparer.Ordinal);
            dashboard = await StartDashboardAsync(Commands, stop.Stop);
            engine.Launch.Telemetry = Telemetry(dashboard);
            return await RunToTheEndAsync(instances, engine, endpoints, dashboard is not null, stop);
        }
        catch (DistributedApplicationException failure)
        {
            _console.Complain(failure.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.Stop.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            if (dashboard is not null)
                await dashboard.StopAsync();
            endpoints?.Dispose();
            _console.Flush();
        }
    }

    private static ResourceInstance[] Replicas(IResource resource, EngineParts engine) =>
        [.. ReplicaNames.Of(resource).Select((name, replica) => new ResourceInstance(resource, replica, name, engine))];

    private async Task<int> RunToTheEndAsync(ResourceInstance[] instances, EngineParts engine, EndpointsFile? endpoints, bool hasDashboard, StopRequests stop)
    {
        var last = Last(instances);
        var start = options.Time.GetTimestamp();
        ResourceInstance[] started = [.. instances.Where(instance => !instance.IsExplicitStart)];
        using var watches = CancellationTokenSource.CreateLinkedTokenSource(stop.Stop);
        List<Task> work = [];
        try
        {
            foreach (var instance in instances)
            {
                instance.Hurry = stop.Hurry;
                instance.Reserve();
            }

            work.AddRange(resources.OfType<ExternalServiceResource>().Select(service => WatchAsync(service, engine, watches.Token)));
            foreach (var instance in started.Where(instance => instance.Snapshot.State != ResourceState.Failed))
                instance.Start();
            if (started.Length > 0)
            {
                await UntilAsync(started, all => all.All(IsSettled), stop.Stop);
                var listening = started.Where(instance => instance.Snapshot.State == ResourceState.Running).Select(instance => instance.Resource).Distinct();
                if (endpoints is not null)
                    await endpoints.WriteAsync(listening.Concat(resources.OfType<IResourceWithConnectionString>()));
                _console.Say(Report.Started([.. started.Select(instance => instance.Snapshot)], options.Time.GetElapsedTime(start)));
            }

            if (last is not null)
            {
                await UntilAsync([last], all => all.All(IsAtRest), stop.Stop);
                _console.Say($"'{last.Name}' has ended, and the application ends with it.");
                return last.Snapshot.ExitCode ?? 1;
            }

            if (hasDashboard)
                await Task.Delay(Timeout.Infinite, stop.Stop);
            await UntilAsync(started, all => all.All(IsAtRest), stop.Stop);
            return Board.Current.Any(IsFailed) ? 1 : 0;
        }
        catch (OperationCanceledException) when (stop.Stop.IsCancellationRequested)
        {
            const int Interrupted = 130;
            if (last is null)
                return 0;
            return IsAtRest(last.Snapshot) ? last.Snapshot.ExitCode ?? 1 : Interrupted;
        }
        finally
        {
            stop.Request();
            await StopAllAsync(instances);
            await Task.WhenAll(work);
            foreach (var instance in instances)
                instance.Dispose();
        }
    }

    /// <summary>Whether the start of a resource has come to an end, good or bad.</summary>
    private static bool IsSettled(ResourceSnapshot resource) =>
        resource is { State: ResourceState.Running, Health: not ResourceHealth.Pending } || IsAtRest(resource);

    /// <summary>Whether nothing will happen to a resource unless somebody does something.</summary>
    private static bool IsAtRest(ResourceSnapshot resource) =>
        resource.State is ResourceState.Finished or ResourceState.Failed or ResourceState.RuntimeUnavailable or ResourceState.NotStarted
        || resource is { State: ResourceState.Waiting, Reason: not null };

    private static bool IsFailed(ResourceSnapshot resource) =>
        resource.State is ResourceState.Failed or ResourceState.RuntimeUnavailable or ResourceState.Waiting
        || resource is { State: ResourceState.Finished, Reason: not null };

    private async Task UntilAsync(IReadOnlyList<ResourceInstance> instances, Func<IReadOnlyList<ResourceSnapshot>, bool> condition, CancellationToken stop)
    {
        var names = instances.Select(instance => instance.Name).ToHashSet(StringComparer.Ordinal);
        await foreach (var all in Board.WatchAsync(stop))
        {
            if (condition([.. all.Where(snapshot => names.Contains(snapshot.Name))]))
                return;
        }
    }

    private ResourceInstance? Last(ResourceInstance[] instances)
    {
        if (_settings.ExitWith is not { Length: > 0 } name)
            return null;
        return Array.Find(instances, instance => string.Equals(instance.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new DistributedApplicationException($"The application is to end with resource '{name}', but no process of that name is part of it. Correct Embedded:ExitWith.");
    }

    /// <summary>Resolves parameters before anything is started, so that no secret is ever shown; puts what has no process on the board.</summary>
    private async Task AddValuesAsync()
    {
        foreach (var resource in resources.Where(resource => !ResourceInstance.HasProcess(resource)))
        {
            var snapshot = ResourceDescription.First(resource, resource.Name, ResourceState.Running, options.Time.GetUtcNow()) with
            {
                Health = resource is ExternalServiceResource ? ResourceHealth.Pending : ResourceHealth.Healthy,
            };
            if (resource is ParameterResource or ConfiguredConnectionString)
            {
                try
                {
                    var value = await ((IValueProvider)resource).GetValueAsync();
                    if (value is not null && resource is not ParameterResource { Secret: false })
                        _console.Mask(value);
                }
                catch (DistributedApplicationException failure)
                {
                    _console.Complain(failure.Message);
                    snapshot = snapshot with { State = ResourceState.Failed, Reason = $"has no value: {failure.Message}", Health = ResourceHealth.Unknown };
                }
            }

            Board.Add(snapshot);
        }
    }

    /// <summary>Puts an external service's address on the board and watches its health.</summary>
    private async Task WatchAsync(ExternalServiceResource service, EngineParts engine, CancellationToken cancellationToken)
    {
        try
        {
            var url = service.GetUrl();
            var checks = service.Annotations.OfType<HttpHealthCheckAnnotation>().Select(check => (new Uri(new Uri(url), check.Path.TrimStart('/')), check.StatusCode)).ToArray();
            Board.Update(service.Name, snapshot => snapshot with
            {
                Source = url,
                Urls = [new ResourceUrl(url, url, null)],
                Health = checks.Length == 0 ? ResourceHealth.Healthy : ResourceHealth.Pending,
            });
            await engine.Health.WatchAsync(checks, Report, cancellationToken);
        }
        catch (DistributedApplicationException failure)
        {
            _console.Complain(failure.Message);
            Board.Update(service.Name, snapshot => snapshot with { State = ResourceState.Failed, Reason = $"has no address: {failure.Message}", Health = ResourceHealth.Unknown });
        }

        void Report(ResourceHealth health, IReadOnlyList<HealthReport> reports)
        {
            var failed = health == ResourceHealth.Unhealthy ? reports.FirstOrDefault(report => report.Health == ResourceHealth.Unhealthy) : null;
            var reason = failed is null ? null : $"is not healthy: {failed.Name} {failed.Description}.";
            if (Board.Find(service.Name)!.Health != health && reason is not null)
                _console.Complain($"'{service.Name}' {reason}");
            Board.Update(service.Name, snapshot => snapshot with { Health = health, HealthReports = reports, Reason = reason });
        }
    }

    private async Task<RunningDashboard?> StartDashboardAsync(ResourceCommands commands, CancellationToken stop)
    {
        if (options.StartDashboard is not { } start || !_settings.Dashboard)
            return null;
        var context = new DashboardContext
        {
            ApplicationName = appHost.Name,
            Resources = Board,
            ConsoleLogOf = LogOf,
            ExecuteAsync = commands.ExecuteAsync,
            Configuration = configuration,
            Time = options.Time,
        };
        try
        {
            var dashboard = await start(context, stop);
            _console.Say($"Dashboard: {dashboard.LoginUrl}");
            return dashboard;
        }
        catch (Exception failure) when (failure is IOException or InvalidOperationException)
        {
            _console.Complain($"The dashboard cannot start, and the application runs without it: {failure.Message}");
            return null;
        }
    }

    private TelemetryTarget? Telemetry(RunningDashboard? dashboard)
    {
        if (_settings.OtlpEndpoint is { } elsewhere)
            return new TelemetryTarget(elsewhere, null);
        if (dashboard is null)
            return null;
        _console.Mask(dashboard.OtlpApiKey);
        return new TelemetryTarget(dashboard.OtlpGrpcEndpoint.AbsoluteUri.TrimEnd('/'), $"x-otlp-api-key={dashboard.OtlpApiKey}");
    }

    /// <summary>Stops everything, each resource after those that wait for it.</summary>
    private static async Task StopAllAsync(ResourceInstance[] instances)
    {
        foreach (var instance in instances)
            instance.Close();
        Dictionary<ResourceInstance, Task> stops = [];
        await Task.WhenAll(instances.Reverse().Select(Stop));

        Task Stop(ResourceInstance instance)
        {
            if (!stops.TryGetValue(instance, out var task))
                stops[instance] = task = StopOneAsync(instance, Dependents(instance).Select(Stop).ToArray());
            return task;
        }

        static async Task StopOneAsync(ResourceInstance instance, Task[] dependents)
        {
            await Task.WhenAll(dependents);
            await instance.StopAsync();
        }

        IEnumerable<ResourceInstance> Dependents(ResourceInstance instance) => instances.Where(other =>
            other.Resource.Annotations.OfType<WaitAnnotation>().Any(wait => ReferenceEquals(wait.Resource, instance.Resource)));
    }
}
