using Maskwright.Artifacts;
using Maskwright.ObjectStore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maskwright.Testing;

/// <summary>The real object store on a free loopback port, over a folder of its own.</summary>
public sealed class StoreServer : IAsyncLifetime
{
    public const string AccessKey = "test-access";
    public const string SecretKey = "test-secret-key";
    private WebApplication? _app;

    /// <summary>More settings, as command-line arguments.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("maskwright-store-").FullName;

    public Uri Endpoint => new(_app!.Urls.First());

    public StorageOptions Options => new() { Endpoint = Endpoint, AccessKey = AccessKey, SecretKey = SecretKey, Bucket = "test-bucket" };

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>A part of the running store.</summary>
    public T Part<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder([
            "--urls", "http://127.0.0.1:0",
            "--ObjectStore:DataDirectory", Folder,
            "--ObjectStore:AccessKey", AccessKey,
            "--ObjectStore:SecretKey", SecretKey,
            "--ObjectStore:Fsync", "false",
            .. Settings]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddObjectStore();
        _app = builder.Build();
        _app.UseObjectStore();
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is null)
            return;
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>A client of a bucket that exists.</summary>
    public async Task<ObjectStorage> OpenAsync(string bucket = "test-bucket")
    {
        var storage = new ObjectStorage(Options with { Bucket = bucket });
        await storage.EnsureBucketAsync(TestContext.Current.CancellationToken);
        return storage;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
