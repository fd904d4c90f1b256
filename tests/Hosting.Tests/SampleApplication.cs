using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting.Tests;

/// <summary>An application of small real processes in a temporary folder.</summary>
internal sealed class SampleApplication : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task<int>? _run;
    private Engine? _engine;
    private DashboardContext? _dashboard;

    /// <param name="settings">Arguments of the AppHost.</param>
    /// <param name="configure">Changes what surrounds the engine.</param>
    /// <param name="dashboard">Whether there is a stand-in for a dashboard, which keeps the application running whatever happens.</param>
    public SampleApplication(string[]? settings = null, Func<EngineOptions, EngineOptions>? configure = null, bool dashboard = false)
    {
        Folder = Directory.CreateTempSubdirectory("hosting-").FullName;
        var options = new EngineOptions { Output = Output, SecretsFile = Path.Combine(Folder, "secrets.json") };
        if (dashboard)
            options = options with { StartDashboard = StartDashboard };
        var outputs = new Dictionary<string, string> { [ProjectPath] = Path.Combine(AppContext.BaseDirectory, "Maskwright.HostedSample.dll") };
        Directory.CreateDirectory(Path.GetDirectoryName(ProjectPath)!);
        File.WriteAllText(ProjectPath, "<Project/>");
        Builder = new DistributedApplicationBuilder(settings ?? [], new AppHostAssembly("Sample", Folder, outputs, null), configure?.Invoke(options) ?? options);
    }

    public string Folder { get; }

    /// <summary>A project whose build output is the sample program.</summary>
    public string ProjectPath => Path.Combine(Folder, "Sample", "Sample.csproj");

    public OutputLines Output { get; } = new();

    public IDistributedApplicationBuilder Builder { get; }

    public IResourceBuilder<ExecutableResource> AddShell(string name, string script) => Builder.AddExecutable(name, "sh", ".", "-c", script);

    public IResourceBuilder<ProjectResource> AddProject(string name, string mode) => Builder.AddProject(name, "Sample/Sample.csproj").WithArgs(mode);

    /// <summary>Starts the application and leaves it running.</summary>
    public void Start()
    {
        _engine = Builder.Build().Engine;
        _run = _engine.RunAsync(_stop.Token);
    }

    public IReadOnlyList<ResourceSnapshot> Resources => _engine!.Board.Current;

    public ResourceSnapshot Find(string name) => _engine!.Board.Find(name).ShouldNotBeNull();

    /// <summary>Waits until a resource is as wanted.</summary>
    public async Task<ResourceSnapshot> UntilAsync(string name, Predicate<ResourceSnapshot> wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            await foreach (var all in _engine!.Board.WatchAsync(patience.Token))
            {
                if (all.FirstOrDefault(snapshot => snapshot.Name == name) is { } snapshot && wanted(snapshot))
                    return snapshot;
            }
        }
        catch (OperationCanceledException late) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"'{name}' did not come to be as wanted, but is {_engine!.Board.Find(name)}. What came:\n{Output.Text}", late);
        }

        throw new InvalidOperationException("The watch has ended.");
    }

    public Task<CommandResult> ExecuteAsync(string name, string command) =>
        _engine!.Commands!.ExecuteAsync(name, command, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    public ConsoleLog LogOf(string name) => _engine!.LogOf(name).ShouldNotBeNull();

    /// <summary>Runs the application until it ends by itself.</summary>
    public async Task<int> RunAsync()
    {
        Start();
        return await _run!.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await _run!.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    /// <summary>What the dashboard was given, once it has been started.</summary>
    public DashboardContext Dashboard => _dashboard.ShouldNotBeNull();

    private Task<RunningDashboard> StartDashboard(DashboardContext context, CancellationToken cancellationToken)
    {
        _dashboard = context;
        return Task.FromResult(new RunningDashboard(
            new Uri("http://127.0.0.1:18888/login?t=token"), new Uri("http://127.0.0.1:4317"), new Uri("http://127.0.0.1:4318"), "the-otlp-api-key", () => Task.CompletedTask));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_run is not null)
            await Task.WhenAny(_run);
        _stop.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
