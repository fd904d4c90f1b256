namespace Maskwright.Datasets;

/// <summary>Finds the file of an image by its <c>file_name</c>, and never leaves the folder.</summary>
internal sealed class ImageLocator(CocoFolder folder)
{
    /// <summary>The absolute path of an image.</summary>
    /// <exception cref="ImageProblemException">The name leads out of the folder, or nowhere.</exception>
    public string Locate(string fileName)
    {
        if (!RealPath.IsPlainRelative(fileName))
            throw new ImageProblemException("its file_name is not a plain path below the folder; such names are refused");
        var path = folder.ImageFolders.Select(images => Path.Combine(images, fileName)).FirstOrDefault(File.Exists)
            ?? throw new ImageProblemException($"there is no such file, neither in {string.Join(" nor in ", folder.ImageFolders.Select(Name))}");
        var real = RealPath.Of(path);
        return RealPath.IsInside(folder.Root, real)
            ? real
            : throw new ImageProblemException($"it is, or lies behind, a link to {real}, outside the folder; put the file itself there");
    }

    private string Name(string images) => images == folder.Root ? "the folder itself" : Path.GetRelativePath(folder.Root, images) + "/";
}
