namespace Maskwright.Datasets;

/// <summary>Looks at every image before anything is written, and names all that cannot be used.</summary>
internal static class ImageScan
{
    /// <summary>Scans the images of a source.</summary>
    /// <param name="source">Where they are.</param>
    /// <param name="bad">Takes those that cannot be used.</param>
    /// <param name="degreeOfParallelism">How many are worked on at once.</param>
    /// <param name="progress">Told of every image.</param>
    /// <param name="cancellationToken">Ends the scan at once, whatever images it is at.</param>
    /// <returns>Those that can be used, in the source's order.</returns>
    /// <exception cref="DatasetException">There are bad ones, or more than may be skipped.</exception>
    public static async Task<IReadOnlyList<ScannedImage>> RunAsync(
        ImageSource source, BadInput bad, int degreeOfParallelism, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        var images = source.Images;
        var scanned = new List<ScannedImage>(images.Count);
        var done = 0;
        bad.Expect(BadInputKind.Image, images.Count);
        // The first picture may take a while.
        progress?.Report(new PreparationProgress(PreparationStage.Scan, done, images.Count, "images"));
        // More than are worked on: a large image must not let the other cores wait for its turn.
        var scans = OrderedParallel.SelectAsync<SourceImage, (ScannedImage? Image, string Problem)>(images, async (image, token) =>
        {
            try
            {
                return (await PromptCancellation.RunAsync(() => ScannedImage.ScanAsync(image, source, token), token), "");
            }
            catch (ImageProblemException problem)
            {
                return (null, $"{image.Image.FileName} (image {image.Image.Id}): {problem.Message}");
            }
        }, degreeOfParallelism * 4, cancellationToken);
        await foreach (var (image, problem) in scans)
        {
            if (image is not null)
                scanned.Add(image);
            else
                bad.Add(BadInputKind.Image, DatasetFailure.BadImages, $"{source.Name}: images cannot be used. Put them right, take them out of the source, or skip bad input:", problem);
            progress?.Report(new PreparationProgress(PreparationStage.Scan, ++done, images.Count, "images"));
        }

        bad.ThrowIfTooMuch();
        return scanned;
    }
}
