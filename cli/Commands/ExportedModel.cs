using System.Security.Cryptography;
using Maskwright.Evaluation.V1;

namespace Maskwright.Cli;

/// <summary>A model as an ONNX file, written by the evaluator and fetched from storage.</summary>
/// <param name="Answer">What the evaluator says of it.</param>
/// <param name="File">The whole file.</param>
internal sealed record ExportedModel(ExportOnnxResponse Answer, byte[] File)
{
    /// <param name="call">The call.</param>
    /// <param name="model"><c>trainingRuns/{id}</c>, or only the id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IOException">What came is not what was announced.</exception>
    public static async Task<ExportedModel> FetchAsync(CommandCall call, string model, CancellationToken cancellationToken)
    {
        var answer = await call.Services.Evaluator.ExportOnnxAsync(
            new ExportOnnxRequest { Model = ResourceName.Full(ResourceName.TrainingRuns, model) }, call.Services.Once(cancellationToken));
        using var http = new HttpClient();
        var file = await http.GetByteArrayAsync(new Uri(answer.Url), cancellationToken);
        return Convert.ToHexStringLower(SHA256.HashData(file)) == answer.Sha256
            ? new ExportedModel(answer, file)
            : throw new IOException($"{answer.ObjectKey} is damaged: its SHA-256 is not {answer.Sha256}. Export the model again.");
    }
}
