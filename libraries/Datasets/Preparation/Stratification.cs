namespace Maskwright.Datasets;

/// <summary>
/// Moves files between splits until each class has its share in every split. Starting from the split by hash, it moves
/// few: one at a time, in the order of their digests, whenever that lowers the sum of the squared relative deviations of
/// all classes, and of the number of images, from the ratios.
/// </summary>
internal static class Stratification
{
    // Each round only lowers the sum; a few are enough, and this many end it in any case.
    private const int MaxRounds = 50;

    /// <summary>Changes <paramref name="split"/>, the split of each file by position.</summary>
    public static void Balance(IReadOnlyList<SplitFile> files, int[] split, IReadOnlyList<double> shares)
    {
        // Index 0 counts images of any kind.
        int[][] groups = [.. files.Select(int[] (file) => [0, .. file.Classes.Select(index => (int)index)])];
        var totals = new double[256];
        for (var i = 0; i < files.Count; i++)
            foreach (var group in groups[i])
                totals[group] += files[i].Images;
        var excess = shares.Select(share => Array.ConvertAll(totals, total => -share * total)).ToArray();
        var members = new int[shares.Count];
        for (var i = 0; i < files.Count; i++)
            Put(i, split[i], files[i].Images, 1);

        int[] order = [.. Enumerable.Range(0, files.Count).OrderBy(i => files[i].Sha256.First).ThenBy(i => files[i].Sha256.Second)];
        var moved = true;
        for (var round = 0; moved && round < MaxRounds; round++)
        {
            moved = false;
            foreach (var i in order.Where(i => members[split[i]] > 1))
            {
                var from = split[i];
                var to = Enumerable.Range(0, shares.Count).Where(other => other != from).MinBy(other => Change(i, from, other));
                if (Change(i, from, to) >= -1e-12)
                    continue;
                Put(i, from, -files[i].Images, -1);
                Put(i, to, files[i].Images, 1);
                split[i] = to;
                moved = true;
            }
        }

        void Put(int file, int into, int images, int count)
        {
            members[into] += count;
            foreach (var group in groups[file])
                excess[into][group] += images;
        }

        // (e - n)^2 - e^2 where it leaves, (e + n)^2 - e^2 where it comes to, relative to the class's images.
        double Change(int file, int from, int to)
        {
            double images = files[file].Images;
            return groups[file].Sum(group =>
                2 * images * (images + excess[to][group] - excess[from][group]) / (totals[group] * totals[group]));
        }
    }
}
