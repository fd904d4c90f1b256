using Maskwright.Imaging;

namespace Maskwright.Datasets;

/// <summary>Whether what was chosen shows the classes.</summary>
internal static class ClassCoverage
{
    /// <summary>Refuses a choice without images, and classes that were asked for by name but that no chosen image shows.</summary>
    /// <exception cref="DatasetException">There is no image, or an empty class.</exception>
    public static void Check(IReadOnlyList<ChoiceCandidate> chosen, int candidates, ClassMap classes, SourceContext context, string source)
    {
        var names = classes.Names.Skip(1).ToList();
        if (chosen.Count == 0)
        {
            var joined = string.Join(context.Options.Match == ClassMatch.All ? " and " : " or ", names);
            throw new DatasetException(DatasetFailure.TooFewImages, $"{source}: none of its {candidates} images shows {joined}{(context.Options.MinClassShare > 0 ? " on enough of its pixels" : "")}. Give other data, or correct the option {nameof(PreparationOptions.Classes)} or what the images are chosen by.");
        }

        var shown = chosen.SelectMany(candidate => candidate.Shows).ToHashSet();
        var empty = names.Where((_, i) => !shown.Contains((byte)(i + 1))).ToList();
        if (empty.Count == 0 || context.Options.Classes.Count == 0)
            return;
        var problem = $"{source}: no chosen image shows {string.Join(", ", empty)}";
        if (!context.Bad.IsSkipped)
            throw new DatasetException(DatasetFailure.TooFewImages, $"{problem}. Leave such classes out of the option {nameof(PreparationOptions.Classes)}, give data that shows them, or skip bad input.");
        context.Bad.Note(problem);
    }

    /// <summary>The share of a mask's pixels that show a class, 0 to 1.</summary>
    public static double ShareOf(IndexMask mask)
    {
        var outside = mask.Pixels.AsSpan().Count((byte)0) + mask.Pixels.AsSpan().Count(IndexMask.Ignore);
        return (double)(mask.Pixels.Length - outside) / mask.Pixels.Length;
    }
}
