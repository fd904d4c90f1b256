namespace Maskwright.Datasets;

/// <summary>Counts images by width, height and aspect ratio.</summary>
internal sealed class SizeCounts
{
    private const int PixelsOfBin = 64;

    // Quarters of an octave around the square: 1:1, 4:3 with 3:2, 16:9 and so on lie well inside of a bin each.
    private const double BinsOfOctave = 4;

    private readonly SortedDictionary<int, long> _widths = [];
    private readonly SortedDictionary<int, long> _heights = [];
    private readonly SortedDictionary<int, long> _aspects = [];

    public IReadOnlyList<HistogramBin> Widths => Bins(_widths, bin => bin * PixelsOfBin);

    public IReadOnlyList<HistogramBin> Heights => Bins(_heights, bin => bin * PixelsOfBin);

    public IReadOnlyList<HistogramBin> Aspects => Bins(_aspects, AspectFrom);

    public void Add(int width, int height)
    {
        Count(_widths, width / PixelsOfBin);
        Count(_heights, height / PixelsOfBin);
        Count(_aspects, (int)Math.Round(Math.Log2((double)width / height) * BinsOfOctave));
    }

    private static double AspectFrom(int bin) => Math.Round(Math.Pow(2, (bin - 0.5) / BinsOfOctave), 4);

    private static void Count(SortedDictionary<int, long> bins, int bin) => bins[bin] = bins.GetValueOrDefault(bin) + 1;

    private static List<HistogramBin> Bins(SortedDictionary<int, long> counts, Func<int, double> from) =>
        [.. counts.Select(count => new HistogramBin(from(count.Key), from(count.Key + 1), count.Value))];
}
