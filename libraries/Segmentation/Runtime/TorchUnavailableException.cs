namespace Maskwright.Segmentation;

/// <summary>libtorch, or the TorchSharp library over it, could not be loaded or set up in this process.</summary>
public sealed class TorchUnavailableException : Exception
{
    /// <summary>Names what could not be loaded, where it was looked for and the cure.</summary>
    public TorchUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Names what could not be loaded, where it was looked for and the cure, with the loader's own error.</summary>
    public TorchUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
