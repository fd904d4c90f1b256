namespace Maskwright.Testing;

/// <summary>One Ceph gateway for the tests of a class, where Ceph is installed.</summary>
public sealed class CephFixture : IAsyncLifetime
{
    private CephServer? _server;

    /// <summary>The gateway; skips the test where Ceph is missing.</summary>
    public CephServer Server
    {
        get
        {
            Assert.SkipWhen(CephServer.Missing is not null, CephServer.Missing ?? "");
            return _server!;
        }
    }

    public async ValueTask InitializeAsync() => _server = CephServer.Missing is null ? await CephServer.StartAsync(CancellationToken.None) : null;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
