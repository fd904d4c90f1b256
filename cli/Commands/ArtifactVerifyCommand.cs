using System.CommandLine;
using System.Text.Json.Nodes;
using Maskwright.Artifacts;

namespace Maskwright.Cli;

/// <summary><c>maskwright artifacts verify</c></summary>
internal static class ArtifactVerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var names = ArtifactNames.Argument();
        var all = ArtifactNames.All();
        var command = new DocumentedCommand("verify", "Read every object of artifacts and of all they were made of, and compare sizes and digests.", """
            An evaluation is verified with its model and the datasets behind both, down to the last object. Each object that is
            missing or not what its manifest says is named, and the exit code is then 1.

            Examples:
              maskwright artifacts verify evaluations/NAME
              maskwright artifacts verify --all
            """)
        {
            names, all,
        };
        return command.Does(terminal, async (call, cancellationToken) =>
        {
            using var storage = StorageLocator.Open(call.Terminal);
            var manifests = await ArtifactNames.ManifestKeysAsync(storage, call.Options.GetValue(names)!, call.Options.GetValue(all), cancellationToken);
            var report = await ObjectDisplay.ShowAsync(call.Terminal, "verifying", progress =>
                ArtifactVerification.RunAsync(storage, manifests, progress, cancellationToken));
            if (call.IsJson)
                await call.Terminal.Output.WriteLineAsync(JsonText.Of(Json(report)));
            else
                Show(call.Terminal, report);
            return report.Failures.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
    }

    private static void Show(Terminal terminal, VerificationReport report)
    {
        foreach (var manifest in report.Manifests)
            terminal.Output.WriteLine($"  {manifest}");
        foreach (var failure in report.Failures)
        {
            terminal.Output.WriteLine($"FAILED {failure.Key}{(failure.NamedBy is { } by ? $" (named by {by})" : "")}");
            terminal.Output.WriteLine($"       {failure.Problem}");
        }

        var what = $"{ArtifactTree.Count(report.Manifests.Count, "manifest")} and {ArtifactTree.Count(report.Objects, "object")}, {ArtifactTree.Size(report.Bytes)}";
        terminal.Output.WriteLine(report.Failures.Count == 0 ? $"All is well: {what}." : $"{report.Failures.Count:N0} failed, of {what}.");
    }

    private static JsonObject Json(VerificationReport report) => new()
    {
        ["manifests"] = new JsonArray([.. report.Manifests.Select(key => JsonValue.Create(key))]),
        ["objects"] = report.Objects,
        ["bytes"] = report.Bytes,
        ["failures"] = new JsonArray([.. report.Failures.Select(failure => new JsonObject
        {
            ["key"] = failure.Key,
            ["namedBy"] = failure.NamedBy,
            ["problem"] = failure.Problem,
        })]),
    };
}
