using Grpc.Core;
using Maskwright.Artifacts;
using Maskwright.Imaging;
using Microsoft.AspNetCore.Mvc;

namespace Maskwright.MetricsCollector.Pages.Media;

/// <summary>
/// Images and masks for the pages, from object storage through the collector: browsers reach one address only. What is asked
/// for is named by run and sample, never by an object's key. Masks go out with each pixel's grey as its class index.
/// </summary>
internal static class MediaEndpoints
{
    private const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>Address of a run's image.</summary>
    /// <param name="run">Id of the run.</param>
    /// <param name="step">Step.</param>
    /// <param name="sample">Key of the sample.</param>
    /// <param name="kind">"image", "truth" or "prediction".</param>
    public static string OfRun(string run, long step, string sample, string kind) =>
        $"/media/runs/{run}/{kind}?step={step}&sample={Uri.EscapeDataString(sample)}";

    /// <summary>Address of a dataset's image.</summary>
    /// <param name="dataset">Id of the dataset.</param>
    /// <param name="sample">Key of the sample.</param>
    /// <param name="kind">"image" or "mask".</param>
    public static string OfDataset(string dataset, string sample, string kind) =>
        $"/media/datasets/{dataset}/{kind}?sample={Uri.EscapeDataString(sample)}";

    /// <summary>Maps both.</summary>
    public static void MapMedia(this WebApplication app)
    {
        app.MapGet("/media/runs/{run}/{kind}", async (
            HttpContext context, string run, string kind, long step, string sample, MetricsStore store, [FromServices] ObjectStorage? storage) =>
        {
            if (storage is null)
                return Results.Problem("The collector has no object storage: set ConnectionStrings__artifacts.", statusCode: 404);
            try
            {
                var image = (await store.ListImagesAsync(run, step, sample, after: null, count: 1, context.RequestAborted)) is [var found] ? found : null;
                var key = kind switch
                {
                    "image" => image?.ImageKey,
                    "truth" => image?.TruthKey,
                    "prediction" => image?.PredictionKey,
                    _ => null,
                };
                return string.IsNullOrEmpty(key)
                    ? Results.NotFound()
                    : Answer(context, await storage.GetAsync(key, MaxBytes, context.RequestAborted), isMask: kind != "image", key);
            }
            catch (RunNotFoundException)
            {
                return Results.NotFound();
            }
            catch (StorageException error)
            {
                return Results.Problem(error.Message, statusCode: 404);
            }
        });
        app.MapGet("/media/datasets/{dataset}/{kind}", async (
            HttpContext context, string dataset, string kind, string sample, SampleLinks links) =>
        {
            try
            {
                return kind is "image" or "mask"
                    ? Answer(context, await links.FetchAsync(dataset, sample, kind == "mask", MaxBytes, context.RequestAborted), kind == "mask", sample)
                    : Results.NotFound();
            }
            catch (RpcException error)
            {
                return Results.Problem(error.Status.Detail, statusCode: 404);
            }
            catch (HttpRequestException error)
            {
                return Results.Problem(error.Message, statusCode: 404);
            }
        });
    }

    private static IResult Answer(HttpContext context, byte[] content, bool isMask, string name)
    {
        try
        {
            if (isMask)
                content = PalettePng.Encode(PalettePng.Decode(content, name), Palette.Grey);
            var type = TypeOf(content);
            if (type is null)
                return Results.Problem($"'{name}' is neither a JPEG nor a PNG.", statusCode: 404);
            context.Response.Headers.CacheControl = "private, max-age=3600";
            return Results.Bytes(content, type);
        }
        catch (ImageFormatException error)
        {
            return Results.Problem(error.Message, statusCode: 404);
        }
    }

    /// <summary>By its first bytes: a browser is never handed anything else under the pages' own address.</summary>
    private static string? TypeOf(ReadOnlySpan<byte> content) =>
        content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : content.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) ? "image/png"
        : null;
}
