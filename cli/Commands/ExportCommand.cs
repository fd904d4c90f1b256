using System.CommandLine;

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
              maskwright predict street.jpg --model model.onnx --runtime onnx --out masks
            """)
        {
            model, file,
        }.Does(terminal, async (call, cancellationToken) =>
        {
            var exported = await ExportedModel.FetchAsync(call, call.Options.GetValue(model)!, cancellationToken);
            var path = call.Terminal.AbsolutePath(call.Options.GetValue(file)!);
            await WholeFile.WriteAsync(path, exported.File, cancellationToken);
            call.Terminal.Say($"The model is in {path} ({Numbers.Bytes(exported.Answer.Size)}, SHA-256 {exported.Answer.Sha256})");
            call.Write(exported.Answer, () => { });
            return ExitCode.Ok;
        });
    }
}
