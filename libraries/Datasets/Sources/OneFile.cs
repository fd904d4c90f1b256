namespace Maskwright.Datasets;

/// <summary>A single file, such as an annotation file that was named itself.</summary>
/// <param name="folder">The folder it is in, of which nothing else is seen.</param>
/// <param name="file">Its name there.</param>
/// <param name="name">The name it goes by; another than its own where it was downloaded.</param>
internal sealed class OneFile(FolderFiles folder, string file, string name) : SourceFiles
{
    public override string Name => folder.Name;

    /// <summary>The name it goes by.</summary>
    public string FileName => name;

    public override bool Contains(string asked) => asked == name;

    public override long Length(string asked) => asked == name ? folder.Length(file) : 0;

    public override IEnumerable<string> FilesIn(string asked) => asked.Length == 0 ? [name] : [];

    public override IEnumerable<string> FoldersIn(string asked) => [];

    public override Task<FileBytes> ReadAsync(string asked, CancellationToken cancellationToken) =>
        asked == name ? folder.ReadAsync(file, cancellationToken) : throw Missing();

    public override Task<Stream> OpenAsync(string asked, CancellationToken cancellationToken) =>
        asked == name ? folder.OpenAsync(file, cancellationToken) : throw Missing();

    private static ImageProblemException Missing() => new("there is no such file");
}
