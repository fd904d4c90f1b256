using System.CommandLine;
using System.Security.Cryptography;
using Maskwright.Metrics.V1;

namespace Maskwright.Cli;

/// <summary><c>maskwright runs export|import</c>. The bytes travel between this machine and object storage, not through the collector.</summary>
internal static class RunsArchive
{
    public static Command Export(Terminal terminal)
    {
        var command = new DocumentedCommand("export", "Write a run to a file: the whole of it as a zip, or for other programs.", """
            Formats: zip (for 'maskwright runs import'), csv (points), jsonl (run, points, images and events, a line each),
            tensorboard (an event file; point 'tensorboard --logdir' at its folder).

            Examples:
              maskwright runs export run-abc
              maskwright runs export run-abc --format tensorboard --out logs/
            """);
        var name = RunsCommands.Name();
        var format = new Option<string>("--format") { Description = "zip, csv, jsonl or tensorboard.", DefaultValueFactory = _ => "zip" };
        format.AcceptOnlyFromAmong("zip", "csv", "jsonl", "tensorboard");
        var target = CommonOptions.Of<string?>("--out", "FILE|FOLDER/", "Where to; the present folder when left out. A folder's name ends in '/'.");
        command.Add(name);
        command.Add(format);
        command.Add(target);
        return command.Does(terminal, async (call, cancellationToken) =>
        {
            // How long this takes depends on the run: there is no deadline.
            var exported = await call.Services.Metrics.ExportRunAsync(
                new ExportRunRequest { Name = RunsCommands.Full(call, name), Format = call.Options.GetValue(format) }, cancellationToken: cancellationToken);
            var path = call.Terminal.AbsolutePath(PathOf(call.Options.GetValue(target) ?? "./", exported.FileName));
            await DownloadAsync(exported, path, cancellationToken);
            call.Write(exported, () => call.Terminal.Output.WriteLine($"{path} ({Numbers.Bytes(exported.Size)})"));
            return ExitCode.Ok;
        });
    }

    public static Command Import(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "A zip that 'maskwright runs export' wrote." };
        var id = CommonOptions.Of<string?>("--id", "ID", "Id to give the run; its own when left out.");
        return new Command("import", "Take an exported run in.") { file, id }.Does(terminal, async (call, cancellationToken) =>
        {
            var path = call.Terminal.AbsolutePath(call.Options.GetValue(file)!);
            await using var zip = File.OpenRead(path);
            var place = await call.Services.Metrics.PrepareImportAsync(new PrepareImportRequest(), call.Services.Once(cancellationToken));
            using (var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan })
            using (var answer = await http.PutAsync(place.UploadUrl, new StreamContent(zip), cancellationToken))
                answer.EnsureSuccessStatusCode();
            var run = await call.Services.Metrics.ImportRunAsync(
                new ImportRunRequest { ObjectKey = place.ObjectKey, RunId = call.Options.GetValue(id) ?? "" }, cancellationToken: cancellationToken);
            call.Write(run, () => call.Terminal.Output.WriteLine(
                $"{run.Name} is imported: {run.Metrics.Count} metrics, {run.Metrics.Sum(metric => metric.Points):N0} points."));
            return ExitCode.Ok;
        });
    }

    private static string PathOf(string target, string fileName) =>
        target.EndsWith('/') ? Path.Combine(target, Path.GetFileName(fileName)) : target;

    /// <summary>Fetches a file beside its place, checks it and moves it there.</summary>
    private static async Task DownloadAsync(ExportRunResponse exported, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = $"{path}.{Environment.ProcessId}.part";
        try
        {
            using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
            await using (var file = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite))
            {
                await using (var content = await http.GetStreamAsync(exported.Url, cancellationToken))
                    await content.CopyToAsync(file, cancellationToken);
                file.Position = 0;
                if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)) != exported.Sha256)
                    throw new IOException($"What came from object storage is not what was exported to {exported.ObjectKey}. Export it again.");
            }

            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
