using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Maskwright.Evaluation.V1;

namespace Maskwright.Cli;

/// <summary><c>maskwright predict</c></summary>
internal static class PredictCommand
{
    private const long MaxImageBytes = 16 * 1024 * 1024;

    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "JPEG or PNG images, at most 16 MiB each.", Arity = ArgumentArity.OneOrMore };
        var model = new Option<string>("--model") { Description = "trainingRuns/ID of a finished run, or only the ID.", HelpName = "NAME", Required = true };
        var folder = new Option<string>("--out") { Description = "Folder for NAME.mask.png and NAME.overlay.png.", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var confidence = new Option<bool>("--confidence") { Description = "Also write NAME.confidence.png, grey: how sure the model is of each pixel." };
        return new DocumentedCommand("predict", "Segment images: a palette mask whose pixel value is the class index, and the mask laid over the image.", """
            A file that cannot be segmented is named, and the others go on; the exit code is then 1.

            Example:
              maskwright predict street.jpg park.png --model trainingRuns/NAME --out masks
            """)
        {
            files, model, folder, confidence,
        }.Does(terminal, async (call, cancellationToken) =>
        {
            var results = new JsonArray();
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var code = ExitCode.Ok;
            var full = ResourceName.Full(ResourceName.TrainingRuns, call.Options.GetValue(model));
            foreach (var file in call.Options.GetValue(files)!)
            {
                var stem = UniqueStem(file, names);
                var target = Path.Combine(call.Terminal.AbsolutePath(call.Options.GetValue(folder)!), stem);
                try
                {
                    results.Add(await PredictAsync(call, full, file, target, call.Options.GetValue(confidence), cancellationToken));
                }
                catch (Exception error) when (IsOfTheFile(error))
                {
                    var status = error is RpcException rpc
                        ? ErrorReport.StatusOf(rpc)!
                        : ErrorReport.Local(StatusCode.InvalidArgument, "LOCAL_FILE", error.Message);
                    call.Terminal.Say($"{file}:");
                    foreach (var line in ErrorReport.Lines(status))
                        call.Terminal.Say(line);
                    results.Add(new JsonObject { ["file"] = file, ["error"] = JsonText.Node(status) });
                    code = ExitCode.Failed;
                }
            }

            if (call.IsJson)
                await call.Terminal.Output.WriteLineAsync(JsonText.Of(new JsonObject { ["predictions"] = results }));
            return code;
        });
    }

    private static async Task<JsonNode> PredictAsync(
        CommandCall call, string model, string file, string target, bool confidence, CancellationToken cancellationToken)
    {
        var info = new FileInfo(call.Terminal.AbsolutePath(file));
        if (!info.Exists)
            throw new FileNotFoundException($"There is no file '{info.FullName}'.");
        if (info.Length > MaxImageBytes)
            throw new IOException($"'{info.FullName}' has {info.Length:N0} bytes; at most {MaxImageBytes:N0} are allowed.");
        var answer = await call.Services.Evaluator.PredictAsync(
            new PredictRequest
            {
                Model = model,
                Image = ByteString.CopyFrom(await File.ReadAllBytesAsync(info.FullName, cancellationToken)),
                IncludeOverlay = true,
                IncludeConfidence = confidence,
            },
            call.Services.Once(cancellationToken));
        var files = new List<(string Name, string Path)>();
        foreach (var (name, png) in new[] { ("mask", answer.MaskPng), ("overlay", answer.OverlayPng), ("confidence", answer.ConfidencePng) })
        {
            if (png.IsEmpty)
                continue;
            files.Add((name, $"{target}.{name}.png"));
            await WholeFile.WriteAsync(files[^1].Path, png.Memory, cancellationToken);
        }

        if (!call.IsJson)
            EvaluationView.Prediction(call.Terminal, file, answer, files);
        var written = new JsonObject
        {
            ["file"] = file,
            ["width"] = answer.Width,
            ["height"] = answer.Height,
            ["shares"] = new JsonArray([.. answer.Shares.Select(JsonText.Node)]),
        };
        foreach (var (name, path) in files)
            written[name] = path;
        return written;
    }

    /// <summary>Whether the next file may fare better: this one is bad, not the model or the service.</summary>
    private static bool IsOfTheFile(Exception error) => error switch
    {
        RpcException { StatusCode: StatusCode.InvalidArgument } rpc => ErrorReport.StatusOf(rpc) is not null,
        IOException or UnauthorizedAccessException => true,
        _ => false,
    };

    /// <summary>The file's name without its ending; numbered when another file had it before.</summary>
    private static string UniqueStem(string file, HashSet<string> taken)
    {
        var stem = Path.GetFileNameWithoutExtension(file);
        var name = stem;
        for (var i = 2; !taken.Add(name); i++)
            name = $"{stem}-{i}";
        return name;
    }
}
