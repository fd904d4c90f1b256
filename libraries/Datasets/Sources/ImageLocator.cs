namespace Maskwright.Datasets;

/// <summary>Finds the file of an image by its <c>file_name</c>.</summary>
/// <param name="folders">Where to look, in this order.</param>
internal sealed class ImageLocator(IReadOnlyList<(SourceFiles Files, string Folder)> folders)
{
    /// <summary>The place and the name of an image.</summary>
    /// <exception cref="ImageProblemException">The name leads nowhere, or is none to be followed.</exception>
    public (SourceFiles Files, string Name) Locate(string fileName)
    {
        if (!RealPath.IsPlainRelative(fileName))
            throw new ImageProblemException("its file_name is not a plain path below the folder; such names are refused");
        foreach (var (files, folder) in folders)
        {
            var name = SourceFiles.Join(folder, fileName);
            if (files.Contains(name))
                return (files, name);
        }

        throw new ImageProblemException($"there is no such file, neither in {string.Join(" nor in ", folders.Select(place => $"{place.Files.Name}/{place.Folder}".TrimEnd('/')))}");
    }
}
