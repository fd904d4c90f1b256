using System.Text;
using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>Opens sources whose masks are files: looks at every mask, and chooses the images.</summary>
/// <param name="context">Options, and what takes bad input.</param>
internal sealed class MaskReading(SourceContext context)
{
    private const int LongestKey = 80;

    /// <summary>Looks at the masks and chooses the images.</summary>
    /// <exception cref="DatasetException">They cannot be used; names all that is wrong.</exception>
    public async Task<ImageSource> OpenAsync(
        string name, string kind, IReadOnlyList<MaskPair> pairs, IReadOnlyCollection<(int Id, string Name)> categories, IReadOnlyList<string> defaults, CancellationToken cancellationToken)
    {
        if (context.Options.MinAnnotationArea > 0)
            throw new DatasetException(DatasetFailure.InvalidOptions, $"Preparation option {nameof(PreparationOptions.MinAnnotationArea)}: {name} holds masks, which have no annotations. Leave it out.");
        if (context.Options.Classes.Count + defaults.Count == 0)
            throw new DatasetException(DatasetFailure.InvalidOptions, $"Preparation option {nameof(PreparationOptions.Classes)}: {name} does not say which values its masks have. Give the values, such as 1 and 2, or names for them.");
        context.Bad.Expect(BadInputKind.Image, pairs.Count);
        var classes = ClassMap.Create(context.Options, defaults, categories, name);
        var values = ValuesOf(classes);
        var surveyed = await SurveyAsync(pairs, name, values, cancellationToken);
        context.Bad.ThrowIfTooMuch();

        var chosen = ImageChoice.Choose([.. surveyed.Select(mask => mask.Candidate)], classes.Names.Count - 1, context.Options);
        ClassCoverage.Check([.. chosen.Select(i => surveyed[i].Candidate)], surveyed.Count, classes, context, name);
        var images = chosen
            .Select(i => (Image: ToSourceImage(surveyed[i], i + 1, classes.Names.Count), surveyed[i].Pair))
            .OrderBy(entry => entry.Image.Key, StringComparer.Ordinal)
            .ToList();
        var digests = string.Concat(surveyed.Select(mask => $"{mask.Sha256}  {mask.Pair.Mask}\n"));
        var lineage = new SourceLineage(kind, "", Digest.OfBytes(Encoding.UTF8.GetBytes(digests)), ImagesSha256: "");
        return new MaskImages(name, lineage, classes.Names, images, values);
    }

    private async Task<IReadOnlyList<SurveyedMask>> SurveyAsync(IReadOnlyList<MaskPair> pairs, string name, byte[] values, CancellationToken cancellationToken)
    {
        var surveyed = new List<SurveyedMask>(pairs.Count);
        var masks = OrderedParallel.SelectAsync<MaskPair, (SurveyedMask? Mask, string Problem)>(pairs, async (pair, token) =>
        {
            try
            {
                return (await PromptCancellation.RunAsync(() => LookAsync(pair, values, token), token), "");
            }
            catch (ImageProblemException problem)
            {
                return (null, $"{pair.Mask} (of {pair.Name}): {problem.Message}");
            }
        }, context.DegreeOfParallelism * 2, cancellationToken);
        var done = 0;
        await foreach (var (mask, problem) in masks)
        {
            if (mask is not null)
                surveyed.Add(mask);
            else
                context.Bad.Add(BadInputKind.Image, DatasetFailure.BadImages, $"{name}: masks cannot be used. Put them right, remove their images, or skip bad input:", problem);
            context.Progress?.Report(new PreparationProgress(PreparationStage.ReadAnnotations, ++done, pairs.Count, "masks"));
        }

        return surveyed;
    }

    private static async Task<SurveyedMask> LookAsync(MaskPair pair, byte[] values, CancellationToken cancellationToken)
    {
        using var bytes = await pair.MaskFiles.ReadAsync(pair.Mask, cancellationToken);
        var mask = MaskImages.Decode(pair, bytes);
        var pixels = new int[256];
        foreach (var value in mask.Pixels)
            pixels[values[value]]++;
        byte[] shows = [.. Enumerable.Range(1, IndexMask.Ignore - 1).Where(index => pixels[index] > 0).Select(index => (byte)index)];
        var share = (double)shows.Sum(index => (long)pixels[index]) / mask.Pixels.Length;
        return new SurveyedMask(pair, mask.Width, mask.Height, Digest.OfBytes(bytes.Span), new ChoiceCandidate(pair.Name, shows, share));
    }

    // Values of categories that no class has are background; 255 stays what it is.
    private static byte[] ValuesOf(ClassMap classes)
    {
        var values = new byte[256];
        for (var value = 1; value < IndexMask.Ignore; value++)
            values[value] = classes.TryGet(value, out var index) ? index : (byte)0;
        values[IndexMask.Ignore] = IndexMask.Ignore;
        return values;
    }

    private static SourceImage ToSourceImage(SurveyedMask mask, int number, int classes) => new(
        KeyOf(mask.Pair.Name),
        new CocoImage(number, mask.Pair.Name, mask.Width, mask.Height, License: 0),
        mask.Candidate.Shows,
        new int[classes],
        mask.Pair.Split);

    // Names that a shard cannot hold keep what they can of themselves, and their digest tells them apart.
    private static string KeyOf(string name)
    {
        var bare = name[..^Path.GetExtension(name).Length];
        var key = string.Concat(bare.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
        return key == bare && key.Length <= LongestKey
            ? key
            : $"{key[..Math.Min(key.Length, LongestKey)]}-{Digest.OfBytes(Encoding.UTF8.GetBytes(name))[..8]}";
    }

    private sealed record SurveyedMask(MaskPair Pair, int Width, int Height, string Sha256, ChoiceCandidate Candidate);
}
