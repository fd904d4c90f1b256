using System.Buffers;
using System.Text.Json;
using Maskwright.Datasets;
using Maskwright.Imaging;

namespace Maskwright.Benchmarks.Dataset;

/// <summary>A large annotation file as preparation reads it, beside a bare pass of the framework's tokeniser over the same bytes.</summary>
internal static class JsonBenchmark
{
    private const int Repeats = 5;
    private const long FileBytes = 150_000_000;
    private const int Block = 1 << 18;

    public static Benchmark Benchmark { get; } = new(
        "dataset.json", "seconds to read 150 MB of annotations: checked, indexed and digested", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("maskwright-json-").FullName;
        try
        {
            var path = Path.Combine(folder, "instances_large.json");
            using (var coco = await BenchmarkFolder.OpenAsync(context, cancellationToken))
                await RepeatAsync(coco.Path, path, cancellationToken);
            PeakMemory.Reset();
            var ours = await Measurement.SecondsAsync(Repeats, () => ReadAsync(path, folder, cancellationToken));
            var memory = PeakMemory.Megabytes();
            var bare = await Measurement.SecondsAsync(Repeats, () => PassAsync(path, cancellationToken));
            return
            [
                Row.LessIsBetter("dataset.json", ours, "s", Repeats, new PeerResult("bare Utf8JsonReader pass", bare)),
                Row.LessIsBetter("dataset.json.memory", memory, "MB resident", Repeats),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ReadAsync(string path, string folder, CancellationToken cancellationToken)
    {
        using var regions = new RegionStore(folder);
        var index = new CocoIndex(regions, new BadInput(BadInputPolicy.Fail, maxSkippedShare: 1));
        await using var json = Open(path);
        await using var observed = new ObservedStream(json, _ => { });
        await index.ReadAsync(observed, path, split: null, cancellationToken);
        index.Complete();
        _ = observed.FinishDigest();
    }

    private static async Task PassAsync(string path, CancellationToken cancellationToken)
    {
        await using var json = Open(path);
        var buffer = ArrayPool<byte>.Shared.Rent(Block);
        var (state, filled, final) = (default(JsonReaderState), 0, false);
        while (!final)
        {
            filled += await json.ReadAtLeastAsync(buffer.AsMemory(filled), buffer.Length - filled, throwOnEndOfStream: false, cancellationToken);
            final = filled < buffer.Length;
            var consumed = Pass(buffer.AsSpan(0, filled), final, ref state);
            buffer.AsSpan(consumed..filled).CopyTo(buffer);
            filled -= consumed;
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static int Pass(ReadOnlySpan<byte> bytes, bool final, ref JsonReaderState state)
    {
        var reader = new Utf8JsonReader(bytes, final, state);
        while (reader.Read())
        {
        }

        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    // The same annotations again and again, each time of other images.
    private static async Task RepeatAsync(string coco, string path, CancellationToken cancellationToken)
    {
        var source = Directory.EnumerateFiles(coco, "instances_*.json").Order(StringComparer.Ordinal).First();
        await using var json = File.OpenRead(source);
        var once = await CocoInstances.ReadAsync(json, source, cancellationToken);
        var copies = FileBytes / json.Length + 1;
        var (images, annotations) = (new List<CocoImage>(), new List<CocoAnnotation>());
        for (var copy = 0L; copy < copies; copy++)
        {
            var shift = copy * 10_000_000;
            images.AddRange(once.Images.Select(image => image with { Id = image.Id + shift, FileName = $"{copy}/{image.FileName}" }));
            annotations.AddRange(once.Annotations.Select((annotation, i) => annotation with { Id = shift + i, ImageId = annotation.ImageId + shift }));
        }

        await using var large = File.Create(path);
        await new CocoInstances(images, annotations, once.Categories).WriteAsync(large, cancellationToken);
    }

    private static FileStream Open(string path) =>
        new(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 });
}
