using System.IO.Compression;
using System.Net;
using Maskwright.Dashboard.Tests.Browser;
using Maskwright.Metrics.V1;
using Maskwright.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Maskwright.MetricsCollector.Tests.Pages;

/// <summary>Runs as files that a browser saves, and back.</summary>
public sealed class ExportTests(Chromium chromium, StoreServer server) : IClassFixture<StoreServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_format_is_saved_under_its_name_also_without_object_storage()
    {
        await using var host = new CollectorHost();
        await host.InitializeAsync();
        await RunsPageTests.LogAsync(host, "seen", network: "resnet", epochs: 10, miou: [0.25, double.NaN]);

        var (csvName, csv) = await SaveAsync(host, "csv");
        csvName.ShouldBe("seen.csv");
        var lines = System.Text.Encoding.UTF8.GetString(csv).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3);
        lines[0].ShouldBe("metric,step,epoch,time,value");
        lines[1].ShouldStartWith("val/miou,1,1,");
        lines[1].ShouldEndWith(",0.25");
        lines[2].ShouldEndWith(",NaN");

        var (jsonName, json) = await SaveAsync(host, "jsonl");
        jsonName.ShouldBe("seen.jsonl");
        System.Text.Encoding.UTF8.GetString(json).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3);

        var (boardName, board) = await SaveAsync(host, "tensorboard");
        boardName.ShouldContain("tfevents");
        System.Text.Encoding.ASCII.GetString(board).ShouldContain("brain.Event:2");

        var (zipName, zip) = await SaveAsync(host, "zip");
        zipName.ShouldBe("seen.zip");
        await using (var read = await ZipArchive.CreateAsync(new MemoryStream(zip), ZipArchiveMode.Read, leaveOpen: false, entryNameEncoding: null, Cancel))
            read.Entries.Select(entry => entry.FullName).ShouldBe(["format.txt", "run.json", "metrics.csv", "images.jsonl", "events.jsonl"]);

        foreach (var missing in (string[])["/runs/seen/export/xml", "/runs/none/export/csv", "/runs/NO!/export/csv"])
        {
            using var answer = await host.Http.GetAsync(missing, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, missing);
        }
    }

    [Fact]
    public async Task A_zip_that_one_page_saves_another_takes_in()
    {
        await using var open = await OpenCollector.StartAsync(chromium, await MediaTests.StartAsync(server), hostIsStarted: true);
        var page = open.Page;
        await RunsPageTests.LogAsync(open.Host, "seen", network: "resnet", epochs: 10, miou: [0.25, 0.5]);
        await open.GoAsync("/runs/seen");
        await page.GetByTestId("export").GetByRole(AriaRole.Button).ClickAsync();
        var zip = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("export-zip").ClickAsync());
        zip.SuggestedFilename.ShouldBe("seen.zip");
        var path = await zip.PathAsync();

        await open.GoAsync("/runs");
        await page.GetByTestId("import").ClickAsync();
        await Expect(page.GetByTestId("confirm-import")).ToBeDisabledAsync();
        await page.GetByTestId("import-file").SetInputFilesAsync(new FilePayload { Name = "no.zip", MimeType = "application/zip", Buffer = "no zip"u8.ToArray() });
        await page.GetByTestId("confirm-import").ClickAsync();
        await Expect(page.GetByTestId("import-failure")).ToContainTextAsync("The zip was not taken in");

        await page.GetByTestId("import-file").SetInputFilesAsync(path);
        await page.GetByTestId("confirm-import").ClickAsync();
        await Expect(page.GetByTestId("import-failure")).ToContainTextAsync("There is a run 'seen'");
        await page.GetByTestId("import-id").FillAsync("copy");
        await page.GetByTestId("confirm-import").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Uri(open.Host.Http.BaseAddress!, "/runs/copy").ToString());
        var copy = await open.Host.Client.GetRunAsync(new GetRunRequest { Name = "runs/copy" }, cancellationToken: Cancel);
        copy.Metrics.ShouldHaveSingleItem().Last.ShouldBe(0.5);
        copy.Options["network"].ShouldBe("resnet");
    }

    [Fact]
    public async Task Without_object_storage_importing_says_what_is_missing()
    {
        await using var open = await OpenCollector.StartAsync(chromium);
        await open.GoAsync("/runs");
        await open.Page.GetByTestId("import").ClickAsync();
        await Expect(open.Page.GetByTestId("import-impossible")).ToContainTextAsync("ConnectionStrings__artifacts");
        await Expect(open.Page.GetByTestId("confirm-import")).ToBeDisabledAsync();
    }

    private static async Task<(string Name, byte[] Content)> SaveAsync(CollectorHost host, string format)
    {
        using var answer = await host.Http.GetAsync($"/runs/seen/export/{format}", Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var disposition = answer.Content.Headers.ContentDisposition!;
        disposition.DispositionType.ShouldBe("attachment");
        return (disposition.FileName!.Trim('"'), await answer.Content.ReadAsByteArrayAsync(Cancel));
    }
}
