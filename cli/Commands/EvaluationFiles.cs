using System.CommandLine;

namespace Maskwright.Cli;

/// <summary>What of an evaluation is saved here, fetched from object storage by presigned addresses.</summary>
/// <param name="figure">File for the figure, or null.</param>
/// <param name="html">File for the report, or null.</param>
internal sealed class EvaluationFiles(string? figure, string? html)
{
    /// <summary>Whether anything is to be saved.</summary>
    public bool Any => figure is not null || html is not null;

    public static Option<string?> Figure() =>
        CommonOptions.Of<string?>("--figure", "FILE", "Save the figure of input, ground truth, prediction and errors as this PNG file.");

    public static Option<string?> Html() =>
        CommonOptions.Of<string?>("--html", "FILE", "Save the whole report as this page, which opens without a network.");

    /// <summary>Saves what is wanted and there.</summary>
    public async Task SaveAsync(CommandCall call, Evaluation.V1.Evaluation evaluation, CancellationToken cancellationToken)
    {
        await SaveAsync(call, "figure", evaluation.FigureUrl, figure, cancellationToken);
        await SaveAsync(call, "report", evaluation.HtmlUrl, html, cancellationToken);
    }

    private static async Task SaveAsync(CommandCall call, string what, string url, string? file, CancellationToken cancellationToken)
    {
        if (file is null || url.Length == 0)
            return;
        using var http = new HttpClient();
        var content = await http.GetByteArrayAsync(new Uri(url), cancellationToken);
        var path = call.Terminal.AbsolutePath(file);
        await WholeFile.WriteAsync(path, content, cancellationToken);
        call.Terminal.Say($"The {what} is in {path}");
    }
}
