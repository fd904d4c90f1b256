namespace Maskwright.Artifacts;

/// <summary>What kind of failure a <see cref="StorageException"/> reports.</summary>
public enum StorageFailure
{
    /// <summary>Anything that has no name of its own here; the message carries the server's code.</summary>
    Other,

    /// <summary>No usable answer: nothing listens, the name does not resolve, the server is overloaded or stalls.</summary>
    Unreachable,

    /// <summary>The keys are wrong or lack the right to do this.</summary>
    AccessDenied,

    /// <summary>The object or the bucket does not exist.</summary>
    NotFound,

    /// <summary>A condition of the request does not hold, such as "only when the object is absent".</summary>
    PreconditionFailed,

    /// <summary>The storage has no room for the object.</summary>
    Full,
}

/// <summary>An object-storage operation failed. The message names the endpoint, the bucket or key, and the cure; never a secret.</summary>
public sealed class StorageException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">What kind of failure it is.</param>
    /// <param name="message">What failed, where, and how to cure it.</param>
    /// <param name="innerException">The cause, when there is one.</param>
    public StorageException(StorageFailure kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What kind of failure it is.</summary>
    public StorageFailure Kind { get; }
}
