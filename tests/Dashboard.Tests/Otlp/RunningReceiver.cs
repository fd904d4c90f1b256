using System.Net;
using Maskwright.Dashboard.Otlp;
using Maskwright.Dashboard.Telemetry;

namespace Maskwright.Dashboard.Tests.Otlp;

/// <summary>A receiver on ports of its own.</summary>
internal sealed class RunningReceiver : IAsyncDisposable
{
    public const string Key = "the-key-of-this-test";

    private RunningReceiver(TelemetryStore store, OtlpReceiver receiver)
    {
        Store = store;
        Receiver = receiver;
    }

    public TelemetryStore Store { get; }

    public OtlpReceiver Receiver { get; }

    public static async Task<RunningReceiver> StartAsync(TelemetryLimits? limits = null)
    {
        var store = new TelemetryStore(limits ?? new TelemetryLimits());
        var any = new IPEndPoint(IPAddress.Loopback, 0);
        return new RunningReceiver(store, await OtlpReceiver.StartAsync(store, any, any, Key, TestContext.Current.CancellationToken));
    }

    public ValueTask DisposeAsync() => Receiver.DisposeAsync();
}
