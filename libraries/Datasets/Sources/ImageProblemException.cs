namespace Maskwright.Datasets;

/// <summary>One image cannot be used. Gathered into one <see cref="DatasetException"/> that names the first of them.</summary>
internal sealed class ImageProblemException(string problem, Exception? innerException = null) : Exception(problem, innerException);
