using System.CommandLine;
using Maskwright.Evaluation.V1;

namespace Maskwright.Cli;

/// <summary><c>maskwright export</c></summary>
internal static class ExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = new Option<string>("--model") { Description = "trainingRuns/ID of a finished run, or only the ID.", HelpName = "NAME", Required = true };
        var file = new Option<string>("--out") { Description = "The ONNX file to write.", HelpName = "FILE", DefaultValueFactory = _ => "model.onnx" };
        return new DocumentedCommand("export", "Write a model as an ONNX file, which runs without libtorch and without the services.", """
            Example:
              maskwright export --model trainingRuns/NAME --out model.onnx
              maskwright predict street.jpg --onnx model.onnx --out masks
            """)
        {
            model, file,
        }.Does(terminal, async (call, cancellationToken) =>
        {
            var exported = await call.Services.Evaluator.ExportOnnxAsync(
                new ExportOnnxRequest { Model = ResourceName.Full(ResourceName.TrainingRuns, call.Options.GetValue(model)) },
                call.Services.Once(cancellationToken));
            var path = call.Terminal.AbsolutePath(call.Options.GetValue(file)!);
            using var http = new HttpClient();
            await WholeFile.WriteAsync(path, await http.GetByteArrayAsync(new Uri(exported.Url), cancellationToken), cancellationToken);
            call.Terminal.Say($"The model is in {path} ({Numbers.Bytes(exported.Size)}, SHA-256 {exported.Sha256})");
            call.Write(exported, () => { });
            return ExitCode.Ok;
        });
    }
}
