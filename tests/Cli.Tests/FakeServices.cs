using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Maskwright.Cli.Tests;

/// <summary>
/// Fakes of all four services on one real socket: they speak the contracts and remember what they were asked, but do no work.
/// </summary>
internal sealed class FakeServices : IAsyncDisposable
{
    /// <summary>What the figure's address answers with.</summary>
    public static readonly byte[] Figure = [0x89, 0x50, 0x4E, 0x47];

    private readonly WebApplication _app;

    private FakeServices(WebApplication app, FakeScript script)
    {
        _app = app;
        Script = script;
    }

    /// <summary>What the fakes do, and what they were asked.</summary>
    public FakeScript Script { get; }

    /// <summary>Address of the gRPC endpoint.</summary>
    public string Url { get; private set; } = "";

    public static async Task<FakeServices> StartAsync()
    {
        var script = new FakeScript();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton(script);
        builder.Services.AddGrpc();
        var app = builder.Build();
        app.Use((context, next) =>
        {
            script.TraceParents.Add(context.Request.Headers.TraceParent.ToString());
            return next();
        });
        app.MapGrpcService<FakeDatasetService>();
        app.MapGrpcService<FakeTrainingService>();
        app.MapGrpcService<FakeEvaluationService>();
        app.MapGrpcService<FakeMetricsService>();
        app.MapGet("/figure.png", () => Results.Bytes(Figure, "image/png"));
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        script.FigureUrl = $"{addresses[1]}/figure.png";
        return new FakeServices(app, script) { Url = addresses[0] };
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>What the fakes are to do, and what they were asked.</summary>
internal sealed class FakeScript
{
    /// <summary>The state of the dataset that answers a creation: a new one is queued, one of the same request may have gone further.</summary>
    public Work.V1.State AnsweredDataset { get; set; } = Work.V1.State.Queued;

    /// <summary>Requests in the order of their arrival.</summary>
    public ConcurrentQueue<object> Requests { get; } = [];

    /// <summary>The trace context of every request.</summary>
    public ConcurrentBag<string> TraceParents { get; } = [];

    /// <summary>Where the figure is.</summary>
    public string FigureUrl { get; set; } = "";

    /// <summary>What the dataset ends with, where it is not success.</summary>
    public Google.Rpc.Status? DatasetError { get; set; }

    /// <summary>How often the stream of a training breaks before its end.</summary>
    public int BrokenTrainingStreams { get; set; }

    /// <summary>Set when a training is watched that is told to go on until it is cancelled.</summary>
    public TaskCompletionSource? TrainingIsWatched { get; set; }

    /// <summary>The requests of one kind.</summary>
    public T One<T>() => Requests.OfType<T>().ShouldHaveSingleItem();
}
