using System.Net;
using Maskwright.Imaging;
using Maskwright.Metrics.V1;
using Maskwright.Testing;

namespace Maskwright.MetricsCollector.Tests.Pages;

/// <summary>Pictures of runs, through the collector.</summary>
public sealed class MediaTests(StoreServer server) : IClassFixture<StoreServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Logged_pictures_are_served_and_masks_carry_their_class_indices()
    {
        await using var host = await StartAsync(server);
        using var storage = await server.OpenAsync();
        var mask = new IndexMask(3, 1, [0, 2, 255]);
        await storage.PutAsync("a/i.png", ImageCodec.EncodePng(new RgbImage(3, 1, new byte[9])), "image/png", Cancel);
        await storage.PutAsync("a/t.png", PalettePng.Encode(mask, Palette.Default), "image/png", Cancel);
        await storage.PutAsync("a/evil", "<script>alert(1)</script>"u8.ToArray(), "text/html", Cancel);
        await host.Client.CreateRunAsync(new CreateRunRequest { RunId = "seen", Run = new Run() }, cancellationToken: Cancel);
        await host.Client.LogImagesAsync(
            new LogImagesRequest
            {
                Run = "runs/seen",
                ClientId = "test",
                Sequence = 1,
                Images =
                {
                    new ImageReference { Step = 4, SampleKey = "val/1", ImageKey = "a/i.png", TruthKey = "a/t.png" },
                    new ImageReference { Step = 5, SampleKey = "val/1", ImageKey = "a/evil", TruthKey = "a/i.png", PredictionKey = "a/gone" },
                },
            },
            cancellationToken: Cancel);

        using var image = await host.Http.GetAsync("/media/runs/seen/image?step=4&sample=val%2F1", Cancel);
        image.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        image.Headers.CacheControl!.Private.ShouldBeTrue();
        var truth = await host.Http.GetByteArrayAsync("/media/runs/seen/truth?step=4&sample=val%2F1", Cancel);
        PalettePng.Decode(truth, "truth").Pixels.ShouldBe(mask.Pixels);
        var seen = ImageCodec.Decode(truth, "truth").Pixels;
        ((int[])[seen[0], seen[3], seen[6]]).ShouldBe([0, 2, 255]);

        foreach (var missing in (string[])
            [
                "/media/runs/seen/prediction?step=4&sample=val%2F1", "/media/runs/seen/image?step=6&sample=val%2F1", "/media/runs/seen/other?step=4&sample=val%2F1",
                "/media/runs/none/image?step=4&sample=val%2F1", "/media/runs/seen/image?step=5&sample=val%2F1", "/media/runs/seen/truth?step=5&sample=val%2F1",
                "/media/runs/seen/prediction?step=5&sample=val%2F1",
            ])
        {
            using var answer = await host.Http.GetAsync(missing, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, missing);
            (await answer.Content.ReadAsStringAsync(Cancel)).ShouldNotContain("<script>");
        }
    }

    [Fact]
    public async Task Without_object_storage_or_a_dataset_service_the_answer_says_so()
    {
        await using var host = new CollectorHost();
        await host.InitializeAsync();
        foreach (var path in (string[])["/media/runs/a/image?step=1&sample=b", "/media/datasets/a/image?sample=b"])
        {
            using var answer = await host.Http.GetAsync(path, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            (await answer.Content.ReadAsStringAsync(Cancel)).ShouldNotBeEmpty();
        }
    }

    internal static async Task<CollectorHost> StartAsync(StoreServer server)
    {
        var host = Of(server);
        await host.InitializeAsync();
        return host;
    }

    /// <summary>A collector whose storage is this one, not yet started.</summary>
    internal static CollectorHost Of(StoreServer server)
    {
        var options = server.Options;
        return new CollectorHost
        {
            Settings = { ["ConnectionStrings:artifacts"] = $"Endpoint={options.Endpoint};AccessKey={options.AccessKey};SecretKey={options.SecretKey};Bucket={options.Bucket}" },
        };
    }
}
