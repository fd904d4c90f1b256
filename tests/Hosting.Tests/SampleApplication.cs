using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting.Tests;

/// <summary>An application of small real processes in a temporary folder.</summary>
internal sealed class SampleApplication : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task<int>? _run;

    public SampleApplication(string[]? settings = null, Func<EngineOptions, EngineOptions>? configure = null)
    {
        Folder = Directory.CreateTempSubdirectory("hosting-").FullName;
        var options = new EngineOptions { Output = Output, SecretsFile = Path.Combine(Folder, "secrets.json") };
        var outputs = new Dictionary<string, string> { [ProjectPath] = Path.Combine(AppContext.BaseDirectory, "Maskwright.HostedSample.dll") };
        Directory.CreateDirectory(Path.GetDirectoryName(ProjectPath)!);
        File.WriteAllText(ProjectPath, "<Project/>");
        Builder = new DistributedApplicationBuilder(settings ?? [], new AppHostAssembly(Folder, outputs, null), configure?.Invoke(options) ?? options);
    }

    public string Folder { get; }

    /// <summary>A project whose build output is the sample program.</summary>
    public string ProjectPath => Path.Combine(Folder, "Sample", "Sample.csproj");

    public OutputLines Output { get; } = new();

    public IDistributedApplicationBuilder Builder { get; }

    public IResourceBuilder<ExecutableResource> AddShell(string name, string script) => Builder.AddExecutable(name, "sh", ".", "-c", script);

    public IResourceBuilder<ProjectResource> AddProject(string name, string mode) => Builder.AddProject(name, "Sample/Sample.csproj").WithArgs(mode);

    /// <summary>Starts the application and leaves it running.</summary>
    public void Start() => _run = Builder.Build().Engine.RunAsync(_stop.Token);

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

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_run is not null)
            await Task.WhenAny(_run);
        _stop.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
