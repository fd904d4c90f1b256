namespace Maskwright.Datasets;

/// <summary>What kind of failure a <see cref="DatasetException"/> reports.</summary>
public enum DatasetFailure
{
    /// <summary>The folder, its annotation file or the only choice among several is missing.</summary>
    SourceNotFound,

    /// <summary>A zip is damaged, or a download is not what it should be or finds no room.</summary>
    BadSource,

    /// <summary>An option is outside its range, or names a class the source does not have.</summary>
    InvalidOptions,

    /// <summary>Images are missing, do not decode, differ from the annotation file, or lie outside the folder.</summary>
    BadImages,

    /// <summary>The annotation file is not COCO or contradicts itself, or annotations cannot be used.</summary>
    BadAnnotations,

    /// <summary>No image shows any of the classes, or too few for three splits.</summary>
    TooFewImages,

    /// <summary>The disk for temporary files is full.</summary>
    NoRoom,

    /// <summary>There is a dataset of this id already.</summary>
    AlreadyExists,

    /// <summary>There is no dataset, or no split, of this name.</summary>
    NotFound,
}

/// <summary>A dataset cannot be prepared or read. The message names the thing, the place, what was expected and the cure.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">What kind of failure it is.</param>
    /// <param name="message">What is wrong, where, and how to cure it.</param>
    /// <param name="innerException">The cause, when there is one.</param>
    public DatasetException(DatasetFailure kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What kind of failure it is.</summary>
    public DatasetFailure Kind { get; }
}
