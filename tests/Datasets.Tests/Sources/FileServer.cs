using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Maskwright.Datasets.Tests;

/// <summary>A web server of its own that serves files from memory, with ranges, and misbehaves as it is told.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private FileServer(WebApplication application) => _application = application;

    /// <summary>The content of each path.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    /// <summary>What is told to clients as the content's tag; null for none.</summary>
    public string? Tag { get; set; } = "\"one\"";

    /// <summary>The Range header of every request; empty where there was none.</summary>
    public ConcurrentQueue<string> Ranges { get; } = new();

    /// <summary>Called with the number of each request from 1; true when it has answered itself.</summary>
    public Func<int, HttpContext, Task<bool>> Misbehave { get; set; } = (_, _) => Task.FromResult(false);

    public string Url(string path = "/val2014.zip") => _application.Urls.Single() + path;

    public static async Task<FileServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new FileServer(application);
        application.Run(server.ServeAsync);
        await application.StartAsync();
        return server;
    }

    /// <summary>Waits until the client has this many bytes of the file.</summary>
    public Func<long, Task> UntilReceived { get; set; } = _ => Task.CompletedTask;

    /// <summary>Sends the beginning of a file with the headers of the whole, then, once it has arrived, cuts the connection.</summary>
    public async Task CutAsync(HttpContext context, int from, int after)
    {
        var file = Files[context.Request.Path];
        context.Response.Headers.ETag = Tag;
        if (from > 0)
        {
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = $"bytes {from}-{file.Length - 1}/{file.Length}";
        }

        context.Response.ContentLength = file.Length - from;
        await context.Response.Body.WriteAsync(file.AsMemory(from, after), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await UntilReceived(from + after);
        context.Abort();
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        Ranges.Enqueue(context.Request.Headers.Range.ToString());
        if (await Misbehave(Ranges.Count, context))
            return;
        var result = Files.TryGetValue(context.Request.Path, out var file)
            ? Results.File(file, "application/octet-stream", entityTag: Tag is null ? null : new EntityTagHeaderValue(Tag), enableRangeProcessing: true)
            : Results.NotFound();
        await result.ExecuteAsync(context);
    }
}
