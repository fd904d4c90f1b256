using Google.Protobuf;
using Maskwright.Hosting;
using Microsoft.Extensions.Configuration;

namespace Maskwright.Dashboard.Tests;

/// <summary>A running dashboard over resources that a test makes up; commands answer at once and are remembered.</summary>
internal sealed class SampleDashboard : IAsyncDisposable
{
    private readonly Dictionary<string, ConsoleLog> _logs = [];
    private RunningDashboard? _running;

    public ResourceBoard Resources { get; } = new();

    public List<(string Resource, string Command)> Executed { get; } = [];

    public Func<string, string, CommandResult> Answer { get; set; } = (resource, command) => new CommandResult(true, $"{command} of {resource} is done.");

    public RunningDashboard Running => _running ?? throw new InvalidOperationException("Start it first.");

    /// <summary>The address without the token.</summary>
    public Uri Url => new(Running.LoginUrl, "/");

    public static async Task<SampleDashboard> StartAsync(params (string Key, string Value)[] settings)
    {
        var sample = new SampleDashboard();
        var context = new DashboardContext
        {
            ApplicationName = "Sample",
            Resources = sample.Resources,
            ConsoleLogOf = name => sample._logs.GetValueOrDefault(name),
            ExecuteAsync = (resource, command, _) =>
            {
                sample.Executed.Add((resource, command));
                return Task.FromResult(sample.Answer(resource, command));
            },
            Configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build(),
            Time = TimeProvider.System,
        };
        sample._running = await DashboardServer.StartAsync(context, TestContext.Current.CancellationToken);
        return sample;
    }

    /// <summary>Adds a healthy process with a console log.</summary>
    public ConsoleLog Add(string name, params string[] references)
    {
        var time = TimeProvider.System;
        Resources.Add(new ResourceSnapshot
        {
            Name = name,
            ResourceName = name,
            Type = ResourceType.Project,
            Source = $"/src/{name}/{name}.csproj",
            State = ResourceState.Running,
            Health = ResourceHealth.Healthy,
            HealthReports = [new HealthReport($"GET http://127.0.0.1:5000/health", ResourceHealth.Healthy, null, time.GetUtcNow())],
            CreatedAt = time.GetUtcNow(),
            StartedAt = time.GetUtcNow(),
            ProcessIds = [Environment.ProcessId],
            Urls = [new ResourceUrl("http://127.0.0.1:5000", "http", "http"), new ResourceUrl("tcp://127.0.0.1:5001", "data", "data")],
            Environment = [new EnvironmentVariable("PLAIN", "visible", false), new EnvironmentVariable("PASSWORD", "hunter2-hunter2", true)],
            References = references,
            Commands =
            [
                new CommandSnapshot("stop", "Stop", null, true, null, true),
                new CommandSnapshot("restart", "Restart", null, true, null, true),
                new CommandSnapshot("empty", "Empty the cache", "Removes all that is cached", true, "Really empty it?", false),
            ],
        });
        return _logs[name] = new ConsoleLog(10_000, 4_000_000, time);
    }

    /// <summary>Sends telemetry.</summary>
    public Task SendAsync(IMessage message) => Running.SendAsync(message, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
            await _running.StopAsync();
    }
}
