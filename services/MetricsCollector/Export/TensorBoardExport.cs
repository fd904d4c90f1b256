using Maskwright.Imaging;

namespace Maskwright.MetricsCollector;

/// <summary>A run as one of TensorBoard's event files: every metric as a scalar, every image that is still in storage.</summary>
internal static class TensorBoardExport
{
    public static async Task WriteAsync(RunSource source, Stream destination, CancellationToken cancellationToken)
    {
        await using var buffered = new BufferedStream(destination, 64 * 1024);
        var file = new EventFile(buffered);
        await file.BeginAsync(source.Run.CreateTime, cancellationToken);
        await foreach (var point in source.PointsAsync(cancellationToken))
            await file.WriteScalarAsync(point, cancellationToken);
        await foreach (var image in source.ImagesAsync(cancellationToken))
        {
            await WriteAsync("image", image.ImageKey, image);
            await WriteAsync("truth", image.TruthKey, image);
            await WriteAsync("prediction", image.PredictionKey, image);
        }

        await buffered.FlushAsync(cancellationToken);

        async Task WriteAsync(string kind, string key, StoredImage image)
        {
            if (await source.ImageAsync(key, cancellationToken) is not { } bytes || Size(bytes, key) is not { } size)
                return;
            // An image has no time of its own; the order of steps is what TensorBoard shows.
            await file.WriteImageAsync($"{image.SampleKey}/{kind}", image.Step, source.Run.CreateTime, size, bytes, cancellationToken);
        }
    }

    /// <summary>Width, height and channels; null for what is no picture.</summary>
    private static (int Width, int Height, int Channels)? Size(byte[] bytes, string key)
    {
        try
        {
            var header = ImageCodec.ReadHeader(bytes, key);
            return (header.Width, header.Height, 3);
        }
        catch (ImageFormatException)
        {
            return null;
        }
    }
}
