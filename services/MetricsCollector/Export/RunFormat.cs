namespace Maskwright.MetricsCollector;

/// <summary>What a run can be written as.</summary>
/// <param name="Name">As it is asked for.</param>
/// <param name="ContentType">Media type of the file.</param>
/// <param name="FileName">Name to save a run of an id under.</param>
/// <param name="WriteAsync">Writes a run.</param>
internal sealed record RunFormat(
    string Name, string ContentType, Func<StoredRun, string> FileName, Func<RunSource, Stream, CancellationToken, Task> WriteAsync)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<RunFormat> All { get; } =
    [
        new("csv", "text/csv", run => $"{run.Registration.Id}.csv", PointsCsv.WriteAsync),
        new("jsonl", "application/jsonl", run => $"{run.Registration.Id}.jsonl", RunLines.WriteAsync),
        new("tensorboard", "application/octet-stream", EventFileName, TensorBoardExport.WriteAsync),
        new("zip", "application/zip", run => $"{run.Registration.Id}.zip", RunZip.WriteAsync),
    ];

    // TensorBoard takes files whose names hold "tfevents"; the seconds order those of one folder.
    private static string EventFileName(StoredRun run) =>
        $"events.out.tfevents.{run.CreateTime.ToUnixTimeSeconds()}.{run.Registration.Id}.maskwright";
}
