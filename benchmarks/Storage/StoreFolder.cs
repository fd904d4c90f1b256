namespace Maskwright.Benchmarks.Storage;

/// <summary>A folder for a store, gone when the benchmark ends.</summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("maskwright-storage-");

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
