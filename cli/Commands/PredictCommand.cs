using System.CommandLine;
using System.Text.Json.Nodes;
using Grpc.Core;
using Maskwright.Evaluation.V1;
using Maskwright.Imaging;
using Maskwright.OnnxInference;

namespace Maskwright.Cli;

/// <summary><c>maskwright predict</c></summary>
internal static class PredictCommand
{
    private const long MaxImageBytes = 16 * 1024 * 1024;
    private const string Service = "service";
    private const string Onnx = "onnx";

    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "JPEG or PNG images, at most 16 MiB each.", Arity = ArgumentArity.OneOrMore };
        var model = new Option<string>("--model") { Description = "trainingRuns/ID of a finished run, or only the ID; with --runtime onnx also an exported .onnx file.", HelpName = "NAME|FILE", Required = true };
        var runtime = new Option<string>("--runtime")
        {
            Description = $"Where it is computed: {Service}, or {Onnx} for this process by ONNX Runtime, which needs no libtorch and, with a file, no services. Default: {Service}.",
            HelpName = $"{Service}|{Onnx}",
            DefaultValueFactory = _ => Service,
        };
        runtime.AcceptOnlyFromAmong(Service, Onnx);
        var folder = new Option<string>("--out") { Description = "Folder for NAME.mask.png and NAME.overlay.png.", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var confidence = new Option<bool>("--confidence") { Description = "Also write NAME.confidence.png, grey: how sure the model is of each pixel." };
        return new DocumentedCommand("predict", "Segment images: a palette mask whose pixel value is the class index, and the mask laid over the image.", """
            A file that cannot be segmented is named, and the others go on; the exit code is then 1.

            Examples:
              maskwright predict street.jpg park.png --model trainingRuns/NAME --out masks
              maskwright predict street.jpg --model model.onnx --runtime onnx --out masks
            """)
        {
            files, model, runtime, folder, confidence,
        }.Does(terminal, async (call, cancellationToken) =>
        {
            var source = call.Options.GetValue(model)!;
            var isHere = call.Options.GetValue(runtime) == Onnx;
            if (!isHere && IsFile(source))
                throw new UsageException($"'{source}' is a file: give --runtime {Onnx} with it, or the name of a training run.");
            using var predictor = isHere ? await LoadAsync(call, source, cancellationToken) : null;
            var results = new JsonArray();
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var code = ExitCode.Ok;
            foreach (var image in call.Options.GetValue(files)!)
            {
                var target = Path.Combine(call.Terminal.AbsolutePath(call.Options.GetValue(folder)!), UniqueStem(image, names));
                try
                {
                    var bytes = await ReadAsync(call, image, cancellationToken);
                    var withConfidence = call.Options.GetValue(confidence);
                    var answer = predictor is null
                        ? await AskAsync(call, source, bytes, withConfidence, cancellationToken)
                        : LocalPrediction.Predict(predictor, bytes, image, withConfidence);
                    results.Add(await WriteAsync(call, image, target, answer, cancellationToken));
                }
                catch (Exception error) when (IsOfTheFile(error))
                {
                    var status = error is RpcException rpc
                        ? ErrorReport.StatusOf(rpc)!
                        : ErrorReport.Local(StatusCode.InvalidArgument, "LOCAL_FILE", error.Message);
                    call.Terminal.Say($"{image}:");
                    foreach (var line in ErrorReport.Lines(status))
                        call.Terminal.Say(line);
                    results.Add(new JsonObject { ["file"] = image, ["error"] = JsonText.Node(status) });
                    code = ExitCode.Failed;
                }
            }

            if (call.IsJson)
                await call.Terminal.Output.WriteLineAsync(JsonText.Of(new JsonObject { ["predictions"] = results }));
            return code;
        });
    }

    private static bool IsFile(string model) => model.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    private static async Task<OnnxPredictor> LoadAsync(CommandCall call, string model, CancellationToken cancellationToken)
    {
        var file = IsFile(model)
            ? await File.ReadAllBytesAsync(call.Terminal.AbsolutePath(model), cancellationToken)
            : (await ExportedModel.FetchAsync(call, model, cancellationToken)).File;
        try
        {
            return OnnxPredictor.Load(file, model);
        }
        catch (OnnxModelException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private static async Task<byte[]> ReadAsync(CommandCall call, string file, CancellationToken cancellationToken)
    {
        var info = new FileInfo(call.Terminal.AbsolutePath(file));
        if (!info.Exists)
            throw new FileNotFoundException($"There is no file '{info.FullName}'.");
        if (info.Length > MaxImageBytes)
            throw new IOException($"'{info.FullName}' has {info.Length:N0} bytes; at most {MaxImageBytes:N0} are allowed.");
        return await File.ReadAllBytesAsync(info.FullName, cancellationToken);
    }

    private static async Task<PredictResponse> AskAsync(CommandCall call, string model, byte[] image, bool confidence, CancellationToken cancellationToken) =>
        await call.Services.Evaluator.PredictAsync(
            new PredictRequest
            {
                Model = ResourceName.Full(ResourceName.TrainingRuns, model),
                Image = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(image),
                IncludeOverlay = true,
                IncludeConfidence = confidence,
            },
            call.Services.Once(cancellationToken));

    private static async Task<JsonNode> WriteAsync(CommandCall call, string file, string target, PredictResponse answer, CancellationToken cancellationToken)
    {
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
        IOException or UnauthorizedAccessException or ImageFormatException => true,
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
