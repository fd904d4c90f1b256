using System.IO.Compression;
using Google.Protobuf;

namespace Maskwright.MetricsCollector;

/// <summary>
/// A whole run in a zip: <c>format.txt</c>, <c>run.json</c>, <c>metrics.csv</c>, <c>images.jsonl</c>, <c>events.jsonl</c>, and
/// the pictures themselves as far as storage still has them, see <see cref="ArchivedImages"/>.
/// </summary>
internal static class RunZip
{
    public const string FormatName = "format.txt";
    public const string RunName = "run.json";
    public const string MetricsName = "metrics.csv";
    public const string ImagesName = "images.jsonl";
    public const string EventsName = "events.jsonl";
    public const string Format = "maskwright-run 1";

    public static async Task WriteAsync(RunSource source, Stream destination, CancellationToken cancellationToken)
    {
        await using var zip = await ZipArchive.CreateAsync(destination, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        await WriteTextAsync(zip, FormatName, writer => writer.WriteLineAsync(Format));
        await WriteTextAsync(zip, RunName, writer => writer.WriteLineAsync(JsonFormatter.Default.Format(RunMapping.ToMessage(source.Run))));
        await using (var metrics = await Entry(zip, MetricsName).OpenAsync(cancellationToken))
            await PointsCsv.WriteAsync(source, metrics, cancellationToken);
        await WriteTextAsync(zip, ImagesName, async writer =>
        {
            await foreach (var image in source.ImagesAsync(cancellationToken))
                await writer.WriteLineAsync(JsonFormatter.Default.Format(RunMapping.ToMessage(image)));
        });
        await WriteImagesAsync(zip, source, cancellationToken);
        await WriteTextAsync(zip, EventsName, async writer =>
        {
            await foreach (var line in source.EventsAsync(cancellationToken))
                await writer.WriteLineAsync(JsonFormatter.Default.Format(RunMapping.ToMessage(line)));
        });
    }

    private static async Task WriteImagesAsync(ZipArchive zip, RunSource source, CancellationToken cancellationToken)
    {
        var images = new ArchivedImages();
        await foreach (var image in source.ImagesAsync(cancellationToken))
        {
            foreach (var (key, name) in images.NewOf(image.ImageKey, image.TruthKey, image.PredictionKey))
            {
                if (await source.ImageAsync(key, cancellationToken) is not { } bytes || ArchivedImages.TypeOf(bytes) is null)
                    continue;
                // They are compressed already.
                await using var entry = await Entry(zip, name, CompressionLevel.NoCompression).OpenAsync(cancellationToken);
                await entry.WriteAsync(bytes, cancellationToken);
            }
        }
    }

    private static ZipArchiveEntry Entry(ZipArchive zip, string name, CompressionLevel level = CompressionLevel.Fastest)
    {
        var entry = zip.CreateEntry(name, level);
        // The same run gives the same bytes, whenever it is exported.
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return entry;
    }

    private static async Task WriteTextAsync(ZipArchive zip, string name, Func<StreamWriter, Task> write)
    {
        await using var writer = new StreamWriter(await Entry(zip, name).OpenAsync()) { NewLine = "\n" };
        await write(writer);
    }
}
