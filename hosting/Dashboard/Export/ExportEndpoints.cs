using System.Text.Json;
using Maskwright.Dashboard.Telemetry;
using Maskwright.Dashboard.Text;
using Maskwright.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Maskwright.Dashboard.Export;

/// <summary>Files to take away: telemetry as OTLP's JSON, console logs as text.</summary>
internal static class ExportEndpoints
{
    public static void MapExport(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/export/logs", (TelemetryStore store, string? resource) =>
            Json(resource, "logs", json => OtlpJson.Logs(json, store.Logs.Snapshot().Where(entry => resource is null || entry.Source.Resource == resource))));
        routes.MapGet("/export/traces", (TelemetryStore store, string? resource) =>
            Json(resource, "traces", json => OtlpJson.Spans(json, store.Traces.Snapshot()
                .Where(trace => resource is null || trace.Resources.Any(entry => entry.Key == resource))
                .SelectMany(trace => (store.Traces.Spans(trace.Id) ?? []).Select(span => (trace.Id, span))))));
        routes.MapGet("/export/traces/{id}", (TelemetryStore store, string id) =>
            TraceId.TryParse(id, out var trace) && store.Traces.Spans(trace) is { } spans
                ? Json(id, "trace", json => OtlpJson.Spans(json, spans.Select(span => (trace, span))))
                : Results.NotFound());
        routes.MapGet("/export/metrics", (TelemetryStore store, string? resource) =>
            Json(resource, "metrics", json => OtlpJson.Metrics(json, store.Metrics.Resources()
                .Where(name => resource is null || name == resource)
                .SelectMany(store.Metrics.Instruments)
                .Select(instrument => (instrument, store.Metrics.Series(instrument))))));
        routes.MapGet("/export/console/{name}", (DashboardContext context, string name) =>
            context.ConsoleLogOf(name) is { } log ? Lines(name, log.Snapshot()) : Results.NotFound());
    }

    private static IResult Json(string? what, string kind, Action<Utf8JsonWriter> write)
    {
        var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
            write(json);
        bytes.Position = 0;
        return Results.File(bytes, "application/json", $"{(what is null ? "" : what + "-")}{kind}.json");
    }

    private static IResult Lines(string name, ConsoleLogSnapshot log)
    {
        var text = new MemoryStream();
        using (var writer = new StreamWriter(text, leaveOpen: true))
        {
            foreach (var line in log.Lines)
                writer.WriteLine($"{line.At:O} {string.Concat(AnsiText.Parse(line.Text).Select(piece => piece.Text))}");
        }

        text.Position = 0;
        return Results.File(text, "text/plain; charset=utf-8", $"{name}.log");
    }
}
