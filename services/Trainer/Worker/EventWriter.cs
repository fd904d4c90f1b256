using System.Text.Json;

namespace Maskwright.Trainer;

/// <summary>Writes events, one line of JSON each, from whichever thread.</summary>
internal sealed class EventWriter(Stream output) : IAsyncDisposable
{
    private readonly Lock _lock = new();

    /// <summary>Writes one event and hands it over at once.</summary>
    public void Write(WorkerEvent happened)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(happened, WorkerJson.Default.WorkerEvent);
        lock (_lock)
        {
            output.Write(json);
            output.WriteByte((byte)'\n');
            output.Flush();
        }
    }

    public ValueTask DisposeAsync() => output.DisposeAsync();
}
