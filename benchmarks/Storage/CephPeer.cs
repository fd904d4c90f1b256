using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.Benchmarks.Storage;

/// <summary>Ceph's gateway of the distribution as the peer of a measurement.</summary>
internal static class CephPeer
{
    private const string Name = "Ceph RGW";

    /// <summary>Measures the same on the peer, in memory, or says what of it is missing.</summary>
    public static Task<PeerResult> MeasureAsync(Func<StorageOptions, CancellationToken, Task<double>> measure, CancellationToken cancellationToken) =>
        MeasureAsync(measure, onDisk: false, cancellationToken);

    /// <summary>Measures the same on the peer, which keeps its objects in memory or on the disk, or says what of it is missing.</summary>
    public static async Task<PeerResult> MeasureAsync(Func<StorageOptions, CancellationToken, Task<double>> measure, bool onDisk, CancellationToken cancellationToken)
    {
        if (CephServer.Missing is { } missing)
            return new PeerResult($"{Name} ({missing})", null);
        await using var server = await CephServer.StartAsync(onDisk, cancellationToken);
        return new PeerResult($"{Name}, {(onDisk ? "on the disk" : "in memory")}", await measure(server.Options, cancellationToken));
    }
}
