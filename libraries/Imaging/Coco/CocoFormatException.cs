namespace Maskwright.Imaging;

/// <summary>An annotation file is not COCO, or contradicts itself.</summary>
public sealed class CocoFormatException : Exception
{
    /// <summary>Creates the error; the message is "file: place: what is wrong".</summary>
    /// <param name="file">Name of the annotation file.</param>
    /// <param name="place">For example "annotations[17].segmentation"; empty for the whole file.</param>
    /// <param name="reason">What is wrong, and what was expected.</param>
    /// <param name="inner">The cause, if another error led here.</param>
    public CocoFormatException(string file, string place, string reason, Exception? inner = null)
        : base(place.Length == 0 ? $"{file}: {reason}" : $"{file}: {place}: {reason}", inner) =>
        (File, Place) = (file, place);

    /// <summary>Name of the annotation file.</summary>
    public string File { get; }

    /// <summary>Where in the file, for example "annotations[17].segmentation"; empty for the whole file.</summary>
    public string Place { get; }
}
