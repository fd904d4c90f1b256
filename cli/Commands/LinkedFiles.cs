namespace Maskwright.Cli;

/// <summary>Files fetched from object storage by their presigned addresses into one folder.</summary>
internal sealed class LinkedFiles(Terminal terminal, string folder) : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly string _folder = terminal.AbsolutePath(folder);
    private int _count;

    /// <summary>Saves one file; the name is only ever a name within the folder.</summary>
    public async Task SaveAsync(string fileName, string url, CancellationToken cancellationToken)
    {
        var content = await _http.GetByteArrayAsync(new Uri(url), cancellationToken);
        await WholeFile.WriteAsync(Path.Combine(_folder, Path.GetFileName(fileName)), content, cancellationToken);
        _count++;
    }

    /// <summary>Says where the files are.</summary>
    public void SayWhere() => terminal.Say($"{_count} files are in {_folder}");

    public void Dispose() => _http.Dispose();
}
