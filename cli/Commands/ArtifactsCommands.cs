using System.CommandLine;
using System.Text.Json.Nodes;
using Maskwright.Artifacts;

namespace Maskwright.Cli;

/// <summary><c>maskwright artifacts …</c></summary>
internal static class ArtifactsCommands
{
    private const int CopyBytes = 128 * 1024;

    public static Command Create(Terminal terminal) => new("artifacts", "Look at what is stored, verify it, sweep it, copy it out.")
    {
        List(terminal),
        Cat(terminal),
        ArtifactVerifyCommand.Create(terminal),
        ArtifactGcCommand.Create(terminal),
        ArtifactExportCommand.Create(terminal),
    };

    private static Command List(Terminal terminal)
    {
        var prefix = new Argument<string>("PREFIX") { Description = "Where to look: datasets, runs/ID, …; the whole bucket when left out.", DefaultValueFactory = _ => "" };
        var depth = CommonOptions.Number<int>("--depth", "N", "How many levels of folders to open; 1 when left out.");
        var all = new Option<bool>("--recursive", "-r") { Description = "Open every folder." };
        var command = new DocumentedCommand("ls", "List what is stored, as a tree with sizes and dates.", """
            A folder shows how many objects lie in it, their size together, and the date of the newest.

            Examples:
              maskwright artifacts ls
              maskwright artifacts ls datasets/NAME --recursive
            """)
        {
            prefix, depth, all,
        };
        return command.Does(terminal, async (call, cancellationToken) =>
        {
            var levels = call.Options.GetValue(depth);
            if (levels is < 1 || (levels is not null && call.Options.GetValue(all)))
                throw new UsageException("--depth takes a number from 1 on, and goes without --recursive.");
            var path = call.Options.GetValue(prefix)!.TrimEnd('/');
            using var storage = StorageLocator.Open(call.Terminal);
            var objects = await storage.ListAsync(path, cancellationToken)
                .Where(item => path.Length == 0 || item.Key == path || item.Key.StartsWith(path + "/", StringComparison.Ordinal))
                .ToListAsync(cancellationToken);
            if (objects.Count == 0 && path.Length > 0)
                throw new StorageException(StorageFailure.NotFound, $"Nothing is stored at {storage.Options.Bucket}/{path}. 'maskwright artifacts ls' shows what there is.");
            var shown = objects is [{ } only] && only.Key == path ? path[..(path.LastIndexOf('/') + 1)] : path.Length == 0 ? "" : path + "/";
            var nodes = ArtifactTree.Of(objects.Where(item => item.Key.StartsWith(shown, StringComparison.Ordinal)), shown, call.Options.GetValue(all) ? int.MaxValue : levels ?? 1);
            if (call.IsJson)
                await call.Terminal.Output.WriteLineAsync(JsonText.Of(new JsonObject { ["bucket"] = storage.Options.Bucket, ["prefix"] = shown, ["entries"] = ArtifactTree.Json(nodes) }));
            else
                ArtifactTree.Show(call.Terminal, nodes);
            return ExitCode.Ok;
        });
    }

    private static Command Cat(Terminal terminal)
    {
        var key = new Argument<string>("KEY") { Description = "Key of the object, as 'artifacts ls' shows it." };
        var command = new DocumentedCommand("cat", "Write an object's bytes to standard output.", """
            Examples:
              maskwright artifacts cat datasets/NAME/manifest.json
              maskwright artifacts cat datasets/NAME/train/shard-00000.tar | tar -t
            """)
        {
            key,
        };
        return command.Does(terminal, async (call, cancellationToken) =>
        {
            if (call.IsJson)
                throw new UsageException("cat writes the object's own bytes, which --json can't change. Leave --json out.");
            using var storage = StorageLocator.Open(call.Terminal);
            await using var content = await OpenAsync(storage, call.Options.GetValue(key)!, cancellationToken);
            await using var output = call.Terminal.OpenOutput();
            await content.CopyToAsync(output, CopyBytes, cancellationToken);
            return ExitCode.Ok;
        });
    }

    private static async Task<Stream> OpenAsync(ObjectStorage storage, string key, CancellationToken cancellationToken)
    {
        try
        {
            return await storage.OpenReadAsync(key, cancellationToken);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }
}
