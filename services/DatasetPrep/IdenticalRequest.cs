using Maskwright.ServiceDefaults;
using Maskwright.Work.V1;
using DatasetResource = Maskwright.Dataset.V1.Dataset;

namespace Maskwright.DatasetPrep;

/// <summary>Whether a dataset is already what a request asks for, so that nobody works twice.</summary>
internal static class IdenticalRequest
{
    /// <summary>
    /// Same source, options and program version, neither failed nor cancelled, and no file of a local source was changed,
    /// added or removed since the work began. What is behind a URL or in object storage is taken to be the same.
    /// </summary>
    public static bool IsAnsweredBy(DatasetResource asked, DatasetResource other) =>
        other.State is State.Queued or State.Running or State.Succeeded
        && other.ProgramVersion == ServiceDefaultsExtensions.ProgramVersion
        && asked.Equals(AsAsked(other))
        && (other.StartTime is null || !LocalPaths(other).Any(path => IsNewer(path, other.StartTime.ToDateTime())));

    /// <summary>Only what a caller sets.</summary>
    private static DatasetResource AsAsked(DatasetResource dataset)
    {
        var asked = dataset.Clone();
        var all = DatasetResource.Descriptor;
        foreach (var field in all.Fields.InDeclarationOrder())
            if (field.Name != "options" && field.ContainingOneof?.Name != "source")
                field.Accessor.Clear(asked);
        return asked;
    }

    private static IEnumerable<string> LocalPaths(DatasetResource dataset)
    {
        IEnumerable<string?> uris = dataset.SourceCase switch
        {
            DatasetResource.SourceOneofCase.CocoFolder => [dataset.CocoFolder.Path],
            DatasetResource.SourceOneofCase.CocoFiles => [.. dataset.CocoFiles.Images.Select(location => location.Uri), dataset.CocoFiles.Annotations?.Uri],
            DatasetResource.SourceOneofCase.VocFiles => [dataset.VocFiles.Location?.Uri],
            DatasetResource.SourceOneofCase.MaskFiles => [dataset.MaskFiles.Images?.Uri, dataset.MaskFiles.Masks?.Uri],
            _ => [],
        };
        return uris.OfType<string>().Where(Path.IsPathFullyQualified);
    }

    // A folder is newer when anything was added to it or removed, a file when it was written.
    private static bool IsNewer(string path, DateTime than)
    {
        if (File.Exists(path))
            return File.GetLastWriteTimeUtc(path) >= than;
        var folder = new DirectoryInfo(path);
        return !folder.Exists
            || folder.LastWriteTimeUtc >= than
            || folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Any(entry => entry.LastWriteTimeUtc >= than);
    }
}
