using Maskwright.Artifacts;
using Maskwright.Testing;

[assembly: AssemblyFixture(typeof(Maskwright.Datasets.Tests.StorageFixture))]

namespace Maskwright.Datasets.Tests;

/// <summary>One object store for all tests of this project; each test has an id of its own in it.</summary>
public sealed class StorageFixture : IAsyncLifetime
{
    private readonly StoreServer _server = new();

    public ObjectStorage Storage { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        Storage = await _server.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Storage.Dispose();
        await _server.DisposeAsync();
    }
}
