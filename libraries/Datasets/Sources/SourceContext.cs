using Maskwright.Artifacts;

namespace Maskwright.Datasets;

/// <summary>What opening a source needs besides the source.</summary>
/// <param name="Options">How its images are chosen and its masks made.</param>
/// <param name="Bad">Takes what cannot be used.</param>
/// <param name="TemporaryDirectory">For what lives as long as the source.</param>
/// <param name="DegreeOfParallelism">How many images are worked on at once.</param>
/// <param name="Storage">Where sources in object storage are.</param>
/// <param name="Downloads">Fetches what is behind URLs.</param>
/// <param name="Progress">Told of the bytes of annotations read.</param>
internal sealed record SourceContext(
    PreparationOptions Options,
    BadInput Bad,
    string TemporaryDirectory,
    int DegreeOfParallelism,
    ObjectStorage Storage,
    DownloadCache Downloads,
    IProgress<PreparationProgress>? Progress);
