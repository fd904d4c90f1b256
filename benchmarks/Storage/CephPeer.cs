using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.Benchmarks.Storage;

/// <summary>Ceph's gateway of the distribution, over memory, as the peer of a measurement.</summary>
internal static class CephPeer
{
    private const string Name = "Ceph RGW";

    /// <summary>Measures the same on the peer, or says what of it is missing.</summary>
    public static async Task<PeerResult> MeasureAsync(Func<StorageOptions, CancellationToken, Task<double>> measure, CancellationToken cancellationToken)
    {
        if (CephServer.Missing is { } missing)
            return new PeerResult($"{Name} ({missing})", null);
        await using var server = await CephServer.StartAsync(cancellationToken);
        return new PeerResult(Name, await measure(server.Options, cancellationToken));
    }
}
