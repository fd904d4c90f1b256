using Maskwright.Artifacts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace Maskwright.MetricsCollector.Pages.Run;

/// <summary>Hands a run out as a file that the browser saves, written while it is read: it begins at once, however long the run is.</summary>
internal static class ExportEndpoint
{
    /// <summary>The formats and how a menu calls them.</summary>
    public static IReadOnlyList<(string Format, string Name)> Formats { get; } =
    [
        ("csv", "Points (CSV)"),
        ("jsonl", "Everything as text (JSON lines)"),
        ("tensorboard", "Scalars and images (TensorBoard)"),
        ("zip", "The whole run (zip, can be imported)"),
    ];

    /// <summary>Address of a run in a format.</summary>
    public static string Of(string run, string format) => $"/runs/{run}/export/{format}";

    public static void MapExport(this IEndpointRouteBuilder routes) => routes.MapGet(Of("{id}", "{format}"), AnswerAsync);

    private static async Task<IResult> AnswerAsync(
        string id, string format, HttpContext context, MetricsStore store, [FromServices] ObjectStorage? storage)
    {
        if (RunFormat.All.FirstOrDefault(one => one.Name == format) is not { } written)
            return Results.Text($"A run is exported as {string.Join(", ", RunFormat.All.Select(one => one.Name))}, not as that.", statusCode: StatusCodes.Status404NotFound);
        if (!MetricNames.IsRunId(id) || await store.FindRunAsync(id, context.RequestAborted) is not { } run)
            return Results.Text("There is no run of that id.", statusCode: StatusCodes.Status404NotFound);
        // Zips end their entries with a few bytes that are written synchronously.
        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = format == "zip";
        // What fails on the way breaks the connection off, so that no part passes for the whole.
        return Results.Stream(
            body => written.WriteAsync(new RunSource(run, store, storage), body, context.RequestAborted), written.ContentType, written.FileName(run));
    }
}
