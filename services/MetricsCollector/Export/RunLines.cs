using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Maskwright.MetricsCollector;

/// <summary>A run as lines of JSON: <c>{"run":…}</c>, then <c>{"point":…}</c>, <c>{"image":…}</c> and <c>{"event":…}</c>, each as the contract's messages are written in JSON.</summary>
internal static class RunLines
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    public static async Task WriteAsync(RunSource source, Stream destination, CancellationToken cancellationToken)
    {
        await using var buffered = new BufferedStream(destination, 64 * 1024);
        await WriteAsync(buffered, "run", RunMapping.ToMessage(source.Run), cancellationToken);
        await foreach (var point in source.PointsAsync(cancellationToken))
            await WriteAsync(buffered, "point", RunMapping.ToMessage(point), cancellationToken);
        await foreach (var image in source.ImagesAsync(cancellationToken))
            await WriteAsync(buffered, "image", RunMapping.ToMessage(image), cancellationToken);
        await foreach (var line in source.EventsAsync(cancellationToken))
            await WriteAsync(buffered, "event", RunMapping.ToMessage(line), cancellationToken);
        await buffered.FlushAsync(cancellationToken);
    }

    private static async Task WriteAsync(Stream destination, string kind, IMessage message, CancellationToken cancellationToken)
    {
        var line = new JsonObject { [kind] = JsonNode.Parse(JsonFormatter.Default.Format(message)) };
        await using (var writer = new Utf8JsonWriter(destination))
            line.WriteTo(writer);
        await destination.WriteAsync(LineEnd, cancellationToken);
    }
}
