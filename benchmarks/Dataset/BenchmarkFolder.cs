using Maskwright.Datasets;

namespace Maskwright.Benchmarks.Dataset;

/// <summary>The COCO folder a benchmark reads: the one named, or generated scenes, gone when the benchmark ends.</summary>
internal sealed class BenchmarkFolder : IDisposable
{
    private const int Scenes = 200;
    private readonly DirectoryInfo? _generated;

    private BenchmarkFolder(string path, DirectoryInfo? generated) => (Path, _generated) = (path, generated);

    public string Path { get; }

    public static async Task<BenchmarkFolder> OpenAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        if (context.CocoFolder is { } folder)
            return new BenchmarkFolder(folder, null);
        var generated = Directory.CreateTempSubdirectory("maskwright-scenes-");
        await ScenesGenerator.GenerateAsync(generated.FullName, new SceneOptions { Count = Scenes }, cancellationToken: cancellationToken);
        return new BenchmarkFolder(generated.FullName, generated);
    }

    public void Dispose() => _generated?.Delete(recursive: true);
}
