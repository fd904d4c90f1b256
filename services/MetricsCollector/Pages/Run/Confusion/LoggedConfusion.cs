namespace Maskwright.MetricsCollector.Pages.Run.Confusion;

/// <summary>The confusion matrix that a run logged at one step.</summary>
internal sealed class LoggedConfusion
{
    private readonly double[,] _pixels;

    private LoggedConfusion(IReadOnlyList<string> classes, double[,] pixels) => (Classes, _pixels) = (classes, pixels);

    /// <summary>Names of the classes, in the order of rows and columns.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Pixels of one class that were taken for another.</summary>
    public double this[int truth, int prediction] => _pixels[truth, prediction];

    /// <summary>Steps at which a run logged one.</summary>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public static async Task<IReadOnlyList<long>> StepsAsync(MetricsStore store, string run, IReadOnlyCollection<string> metrics, CancellationToken cancellationToken)
    {
        // All cells of a matrix are logged together: one of them tells of all.
        if (metrics.FirstOrDefault(ConfusionNames.IsCell) is not { } cell)
            return [];
        var series = await store.QueryAsync(run, [cell], maxPoints: 10_000, StepRange.All, cancellationToken);
        return [.. series[0].Points.Select(point => point.Step)];
    }

    /// <summary>Reads the matrix of one step.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="run">The run.</param>
    /// <param name="step">The step.</param>
    /// <param name="metrics">Names of the run's metrics.</param>
    /// <param name="order">Names of the classes, index 0 first, as far as they are known; others follow by name.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    public static async Task<LoggedConfusion> AtAsync(
        MetricsStore store, string run, long step, IReadOnlyCollection<string> metrics, IReadOnlyList<string> order, CancellationToken cancellationToken)
    {
        var classes = ConfusionNames.Classes(metrics).OrderBy(name => PlaceOf(name, order)).ToList();
        var pixels = new double[classes.Count, classes.Count];
        var cells = metrics.Where(ConfusionNames.IsCell).ToList();
        var places = classes.Select((name, place) => (name, place)).ToDictionary(one => one.name, one => one.place, StringComparer.Ordinal);
        foreach (var cell in await store.QueryAsync(run, cells, maxPoints: 1, new StepRange(step, step), cancellationToken))
        {
            var names = cell.Metric.Split('/');
            if (cell.Points is [var point] && places.TryGetValue(names[1], out var truth) && places.TryGetValue(names[2], out var prediction))
                pixels[truth, prediction] = point.Value;
        }

        return new LoggedConfusion(classes, pixels);
    }

    /// <summary>Share of a row, or of a column; NaN where that is empty.</summary>
    public double Share(int truth, int prediction, bool ofPrediction)
    {
        var all = Enumerable.Range(0, Classes.Count).Sum(i => ofPrediction ? this[i, prediction] : this[truth, i]);
        return all == 0 ? double.NaN : this[truth, prediction] / all;
    }

    /// <summary>Metrics' names have <c>_</c> where names of classes have other characters than letters and digits.</summary>
    private static int PlaceOf(string name, IReadOnlyList<string> order) =>
        order.TakeWhile(one => string.Concat(one.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')) != name).Count();
}
