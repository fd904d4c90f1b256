using System.Security.Cryptography;
using System.Text.Json;
using Maskwright.Artifacts;

namespace Maskwright.EndToEnd.Tests;

/// <summary>The whole application, started as its user starts it, on a data folder and with storage keys of its own.</summary>
public sealed class Application : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(90);

    private const string DashboardLine = "Dashboard: ";

    private readonly TemporaryFolder _folder;

    private Application(TemporaryFolder folder, ProgramProcess host, Dictionary<string, Dictionary<string, Uri>> endpoints, StorageOptions storage)
    {
        StorageSecret = storage.SecretKey;
        _folder = folder;
        Host = host;
        Endpoints = endpoints;
        Clients = new Clients(endpoints);
        Storage = new ObjectStorage(storage);
        Marker = MarkerOf(folder);
    }

    /// <summary>Address of the dashboard with the login token.</summary>
    public required Uri Dashboard { get; init; }

    /// <summary>The AppHost's process.</summary>
    public ProgramProcess Host { get; }

    /// <summary>A secret that must never be shown.</summary>
    public string StorageSecret { get; }

    /// <summary>Addresses by service and endpoint.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, Uri>> Endpoints { get; }

    public Clients Clients { get; }

    /// <summary>The store that the services exchange their bytes through.</summary>
    public ObjectStorage Storage { get; }

    public string DataDirectory => _folder["data"];

    /// <summary>The variable that every process of this application has in its environment.</summary>
    public string Marker { get; }

    /// <summary>Starts it and waits until everything is up.</summary>
    /// <param name="external">Storage that is there already; null for one that the application starts.</param>
    /// <param name="arguments">What the AppHost is told besides.</param>
    public static async Task<Application> StartAsync(StorageOptions? external = null, params string[] arguments)
    {
        var folder = new TemporaryFolder();
        var secret = RandomNumberGenerator.GetHexString(32);
        var temporary = Directory.CreateDirectory(folder["tmp"]).FullName;
        var environment = new Dictionary<string, string?> { ["TMPDIR"] = temporary, ["MASKWRIGHT_DATA"] = null, ["OTEL_EXPORTER_OTLP_ENDPOINT"] = null };
        string[] storage = external is null
            ? [$"--Parameters:storage-secret-key={secret}"]
            : ["--storage", "external", $"--ConnectionStrings:artifacts={external};SecretKey={external.SecretKey}"];
        var host = ProgramProcess.Start("AppHost", ["--data-dir", folder["data"], .. storage, .. arguments], environment);
        try
        {
            using var patience = new CancellationTokenSource(StartTime);
            var line = await host.LineAsync(text => text.Contains(" resources are up after ", StringComparison.Ordinal), patience.Token);
            if (!line.Contains("All ", StringComparison.Ordinal))
                throw new InvalidOperationException($"Not everything came up:\n{host.LastLines}");
            var dashboard = await host.LineAsync(text => text.StartsWith(DashboardLine, StringComparison.Ordinal), patience.Token);
            await using var file = File.OpenRead(Path.Combine(folder["data"], "endpoints.json"));
            var endpoints = (await JsonSerializer.DeserializeAsync<Dictionary<string, Dictionary<string, Uri>>>(file, cancellationToken: patience.Token))!;
            return new Application(folder, host, endpoints, external ?? new StorageOptions { Endpoint = endpoints["storage"]["http"], AccessKey = "maskwright", SecretKey = secret })
            {
                Dashboard = new Uri(dashboard[DashboardLine.Length..]),
            };
        }
        catch (Exception failure)
        {
            var said = host.LastLines;
            await host.DisposeAsync();
            throw new InvalidOperationException($"The application did not start: {failure.Message}\n{said}", failure);
        }
    }

    /// <summary>Ids of its .NET processes whose command line ends so, for instance with <c>Trainer.dll worker</c>; shells that watch over them are none.</summary>
    public IEnumerable<int> ProcessesEndingWith(string commandLine) => Processes.With(Marker)
        .Where(entry => !entry.Value.StartsWith("/bin/sh", StringComparison.Ordinal) && entry.Value.EndsWith(commandLine, StringComparison.Ordinal))
        .Select(entry => entry.Key);

    public async ValueTask DisposeAsync()
    {
        Storage.Dispose();
        Clients.Dispose();
        await Host.DisposeAsync();
        await Processes.NoneLeftAsync(Marker);
        _folder.Dispose();
    }

    private static string MarkerOf(TemporaryFolder folder) => $"TMPDIR={folder["tmp"]}";
}
