using Maskwright.Imaging;

namespace Maskwright.Segmentation;

/// <summary>Which classes each sample of a split shows, and which class is the rarest.</summary>
internal sealed class ClassCounts
{
    private readonly bool[][] _shown;
    private readonly int[] _rarestFirst;

    private ClassCounts(bool[][] shown, int[] rarestFirst) => (_shown, _rarestFirst) = (shown, rarestFirst);

    /// <summary>Number of samples.</summary>
    public int Samples => _shown.Length;

    /// <summary>Number of classes, the background included.</summary>
    public int Classes => _rarestFirst.Length + 1;

    /// <summary>Counts the masks of a split.</summary>
    public static ClassCounts Of(IReadOnlyList<CachedSample> samples, int classes)
    {
        var pixels = new long[classes];
        var shown = samples.Select(sample =>
        {
            var counts = new int[256];
            foreach (var index in sample.Mask.Pixels)
            {
                counts[index]++;
            }

            for (var index = 0; index < classes; index++)
            {
                pixels[index] += counts[index];
            }

            return counts.Take(classes).Select(count => count > 0).ToArray();
        }).ToArray();
        return new ClassCounts(shown, [.. Enumerable.Range(1, classes - 1).OrderBy(index => pixels[index])]);
    }

    /// <summary>Whether a sample shows a class.</summary>
    public bool Shows(int sample, int index) => _shown[sample][index];

    /// <summary>Number of samples that show a class.</summary>
    public int SamplesOf(int index) => _shown.Count(classes => classes[index]);

    /// <summary>The class with the fewest pixels in the split among those that a mask shows; null when it shows background alone.</summary>
    public byte? RarestOf(IndexMask mask)
    {
        foreach (var index in _rarestFirst)
        {
            if (mask.Pixels.AsSpan().Contains((byte)index))
            {
                return (byte)index;
            }
        }

        return null;
    }
}
