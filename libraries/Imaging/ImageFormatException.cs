namespace Maskwright.Imaging;

/// <summary>An encoded picture cannot be used: it is no JPEG or PNG, is damaged or cut off, or is too large.</summary>
public sealed class ImageFormatException : Exception
{
    /// <summary>Creates the error; the message begins with the picture's name.</summary>
    /// <param name="name">File or object name of the picture.</param>
    /// <param name="reason">What is wrong, and the cure where there is one.</param>
    /// <param name="inner">The cause, if another error led here.</param>
    public ImageFormatException(string name, string reason, Exception? inner = null)
        : base($"{name}: {reason}", inner) => Name = name;

    /// <summary>File or object name of the picture.</summary>
    public string Name { get; }
}
