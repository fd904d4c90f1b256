namespace Maskwright.Datasets;

/// <summary>A transfer broke off, and may be taken up again.</summary>
internal sealed class TransferBrokenException(string problem, Exception? innerException = null) : Exception(problem, innerException);
