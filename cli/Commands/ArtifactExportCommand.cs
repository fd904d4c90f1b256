using System.CommandLine;
using System.Text.Json.Nodes;
using Maskwright.Artifacts;

namespace Maskwright.Cli;

/// <summary><c>maskwright artifacts export</c></summary>
internal static class ArtifactExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var names = ArtifactNames.Argument();
        var all = ArtifactNames.All();
        var folder = new Option<string>("--out") { Description = "Folder to copy into; made when it is missing.", HelpName = "DIR", Required = true };
        var lineage = new Option<bool>("--lineage") { Description = "Also all that they were made of." };
        var command = new DocumentedCommand("export", "Copy artifacts into a folder, each object at its key and with its digest checked.", """
            Files that are there already with the right content are left as they are, so that an interrupted export goes on where
            it stopped; another file in an object's place is an error, and nothing is overwritten.

            Example:
              maskwright artifacts export trainingRuns/NAME --lineage --out /backup/maskwright
            """)
        {
            names, all, folder, lineage,
        };
        return command.Does(terminal, async (call, cancellationToken) =>
        {
            using var storage = StorageLocator.Open(call.Terminal);
            var keys = await ArtifactNames.ManifestKeysAsync(storage, call.Options.GetValue(names)!, call.Options.GetValue(all), cancellationToken);
            var manifests = call.Options.GetValue(lineage) ? await WithLineageAsync(storage, keys, cancellationToken) : await AloneAsync(storage, keys, cancellationToken);
            var target = call.Terminal.AbsolutePath(call.Options.GetValue(folder)!);
            var report = await ObjectDisplay.ShowAsync(call.Terminal, "copying", progress =>
                ArtifactExport.RunAsync(storage, manifests, target, progress, cancellationToken));
            if (call.IsJson)
            {
                await call.Terminal.Output.WriteLineAsync(JsonText.Of(new JsonObject
                {
                    ["folder"] = target,
                    ["manifests"] = new JsonArray([.. report.Manifests.Select(key => JsonValue.Create(key))]),
                    ["written"] = report.Written,
                    ["kept"] = report.Kept,
                    ["bytes"] = report.Bytes,
                }));
            }
            else
            {
                await call.Terminal.Output.WriteLineAsync(
                    $"{ArtifactTree.Count(report.Manifests.Count, "manifest")} and {ArtifactTree.Count(report.Written + report.Kept, "object")}, {ArtifactTree.Size(report.Bytes)}, are in {target}; {report.Kept:N0} were there already.");
            }

            return ExitCode.Ok;
        });
    }

    private static async Task<IReadOnlyList<StoredManifest>> WithLineageAsync(ObjectStorage storage, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var found = await ArtifactLineage.ReadAsync(storage, keys, cancellationToken);
        return found.Failures is [var failure, ..] ? throw new ArtifactException(failure.Key, failure.Problem) : found.Manifests;
    }

    private static async Task<IReadOnlyList<StoredManifest>> AloneAsync(ObjectStorage storage, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var manifests = new List<StoredManifest>();
        foreach (var key in keys)
            manifests.Add(await StoredManifest.ReadAsync(storage, key, cancellationToken));
        return manifests;
    }
}
