using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace Maskwright.MetricsCollector.Pages.Run.Charts;

/// <summary>Gives the charts of a page their points, all that come into view at once in one answer.</summary>
internal static class SeriesEndpoint
{
    private const int MaxBytes = 4 << 20;
    private const int MaxPoints = 2_000;

    public static void MapSeries(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/runs/{id}/series", AnswerAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBytes));

    private static async Task<IResult> AnswerAsync(string id, HttpContext context, MetricsStore store)
    {
        if (!context.Request.HasJsonContentType())
            return Results.Text("A list of parts is expected, as application/json.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        SeriesPart[]? parts;
        try
        {
            parts = await context.Request.ReadFromJsonAsync(SeriesJson.Default.SeriesPartArray, context.RequestAborted);
        }
        catch (JsonException error)
        {
            return Results.Text($"The request is no list of parts: {error.Message}", statusCode: StatusCodes.Status400BadRequest);
        }

        if (parts is null || !MetricNames.IsRunId(id) || !Array.TrueForAll(parts, IsSound))
            return Results.Text("A part names metrics, 1 to 2,000 points and a range of steps.", statusCode: StatusCodes.Status400BadRequest);
        if (parts.Sum(part => (long)part.Metrics.Length * part.Points) is var asked && asked > MetricsStore.MaxQueryPoints)
            return Results.Text($"The answer could hold {asked} points; {MetricsStore.MaxQueryPoints} are allowed. Ask for fewer at once.", statusCode: StatusCodes.Status400BadRequest);
        try
        {
            var series = new List<IReadOnlyList<StoredPoint>>();
            // Parts of one range and count are read in one transaction.
            foreach (var (part, metrics) in Together(parts))
            {
                var range = new StepRange(part.From ?? 0, part.To ?? long.MaxValue);
                series.AddRange((await store.QueryAsync(id, metrics, part.Points, range, context.RequestAborted)).Select(one => one.Points));
            }

            return Results.Bytes(SeriesBytes.Of(series), "application/octet-stream");
        }
        catch (RunNotFoundException)
        {
            return Results.Text($"There is no run '{id}'.", statusCode: StatusCodes.Status404NotFound);
        }
        catch (MetricsConflictException error)
        {
            return Results.Text(error.Message, statusCode: StatusCodes.Status400BadRequest);
        }
        catch (MetricsDatabaseException error)
        {
            return Results.Text(error.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static bool IsSound(SeriesPart? part) =>
        part is { Metrics.Length: > 0 and <= MetricsStore.MaxMetrics, Points: > 0 and <= MaxPoints, From: null or >= 0 }
        && (part.From ?? 0) <= (part.To ?? long.MaxValue)
        && part.Metrics.Distinct(StringComparer.Ordinal).Count() == part.Metrics.Length
        && Array.TrueForAll(part.Metrics, metric => MetricNames.IsMetric(metric));

    private static IEnumerable<(SeriesPart Part, IReadOnlyList<string> Metrics)> Together(SeriesPart[] parts)
    {
        for (var i = 0; i < parts.Length;)
        {
            var (first, metrics, known) = (parts[i], new List<string>(), new HashSet<string>(StringComparer.Ordinal));
            for (; i < parts.Length && IsLike(parts[i], first) && Array.TrueForAll(parts[i].Metrics, known.Add); i++)
                metrics.AddRange(parts[i].Metrics);
            yield return (first, metrics);
        }
    }

    private static bool IsLike(SeriesPart one, SeriesPart other) => (one.Points, one.From, one.To) == (other.Points, other.From, other.To);
}

/// <summary>Metrics that are asked for alike.</summary>
/// <param name="Metrics">Their names.</param>
/// <param name="Points">At most this many points each.</param>
/// <param name="From">First step; null for the whole.</param>
/// <param name="To">Last step; null for the whole.</param>
internal sealed record SeriesPart(string[] Metrics, int Points, long? From, long? To);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SeriesPart[]))]
[JsonSerializable(typeof(RunChart))]
[JsonSerializable(typeof(ChartSettings))]
internal sealed partial class SeriesJson : JsonSerializerContext;
