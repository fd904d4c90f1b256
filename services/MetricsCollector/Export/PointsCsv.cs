using System.Globalization;
using System.Text;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Points as lines of <c>metric,step,epoch,time,value</c>. Times are ISO 8601 in UTC to 100 ns, values the shortest text that
/// is read back as the same double; not-a-numbers are <c>NaN</c> and infinities <c>Infinity</c> and <c>-Infinity</c>. Names of
/// metrics hold nothing that would have to be quoted.
/// </summary>
internal static class PointsCsv
{
    public const string Header = "metric,step,epoch,time,value";

    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false);

    public static async Task WriteAsync(RunSource source, Stream destination, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(destination, Encoding, bufferSize: 64 * 1024, leaveOpen: true) { NewLine = "\n" };
        await writer.WriteLineAsync(Header.AsMemory(), cancellationToken);
        await foreach (var point in source.PointsAsync(cancellationToken))
            await writer.WriteLineAsync(Line(point).AsMemory(), cancellationToken);
    }

    public static string Line(StoredPoint point) => string.Create(
        CultureInfo.InvariantCulture, $"{point.Metric},{point.Step},{point.Epoch},{point.Time.UtcDateTime:O},{point.Value:R}");

    /// <summary>Reads a line back.</summary>
    /// <returns>Null when it is none.</returns>
    public static StoredPoint? Parse(string line) =>
        line.Split(',') is [var metric, var step, var epoch, var time, var value]
        && MetricNames.IsMetric(metric)
        && long.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var stepNumber)
        && int.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var epochNumber)
        && DateTimeOffset.TryParseExact(time, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? new StoredPoint(metric, stepNumber, epochNumber, at.ToUniversalTime(), number)
            : null;
}
