namespace Maskwright.Segmentation;

/// <summary>A weights file is not what it should be; the message names the file, the tensor or field, and what was expected.</summary>
public sealed class WeightsFormatException : Exception
{
    /// <summary>Names what is wrong, where, and what was expected.</summary>
    public WeightsFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Names what is wrong, with the reader's own error.</summary>
    public WeightsFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
