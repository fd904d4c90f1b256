using System.Diagnostics;
using Maskwright.Imaging;
using SkiaSharp;

namespace Maskwright.Benchmarks.Dataset;

/// <summary>JPEGs to pixels on one core, as a first epoch, an evaluation and a prediction begin.</summary>
internal static class JpegBenchmark
{
    private const int Images = 100;
    private const int Turns = 9;

    public static Benchmark Benchmark { get; } = new("dataset.jpeg", "JPEGs decoded to RGB a second on one core", RunAsync);

    private static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var coco = await BenchmarkFolder.OpenAsync(context, cancellationToken);
        var paths = Directory.EnumerateFiles(coco.Path, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(Images);
        var jpegs = await Task.WhenAll(paths.Select(path => File.ReadAllBytesAsync(path, cancellationToken)));
        var pairs = new List<(double, double)>();
        for (var turn = 0; turn <= Turns; turn++)
        {
            var pair = (Rate(jpegs, jpeg => ImageCodec.Decode(jpeg, "image")), Rate(jpegs, DecodeBySkia));
            // The first turn compiles.
            if (turn > 0)
                pairs.Add(pair);
        }

        return [Row.Paired("dataset.jpeg", "images/s", "Skia (libjpeg-turbo)", pairs)];
    }

    private static double Rate(byte[][] jpegs, Action<byte[]> decode)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var jpeg in jpegs)
            decode(jpeg);
        return jpegs.Length / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void DecodeBySkia(byte[] jpeg)
    {
        using var codec = SKCodec.Create(new SKMemoryStream(jpeg));
        using var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) != SKCodecResult.Success)
            throw new InvalidOperationException("Skia did not decode a picture.");
    }
}
