using System.CommandLine;

namespace Maskwright.Cli;

/// <summary>The figure of an evaluation, fetched from object storage by its presigned address.</summary>
internal static class FigureFile
{
    public static Option<string?> Option() =>
        CommonOptions.Of<string?>("--figure", "FILE", "Save the figure of input, ground truth and prediction as this PNG file.");

    /// <summary>Saves the figure, where one is wanted and there is one.</summary>
    public static async Task SaveAsync(
        CommandCall call, Evaluation.V1.Evaluation evaluation, string? file, CancellationToken cancellationToken)
    {
        if (file is null || evaluation.FigureUrl.Length == 0)
            return;
        using var http = new HttpClient();
        var figure = await http.GetByteArrayAsync(new Uri(evaluation.FigureUrl), cancellationToken);
        var path = call.Terminal.AbsolutePath(file);
        await WholeFile.WriteAsync(path, figure, cancellationToken);
        call.Terminal.Say($"The figure is in {path}");
    }
}
