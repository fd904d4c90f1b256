using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Maskwright.Imaging;
using Maskwright.Metrics.V1;
using Maskwright.Testing;

namespace Maskwright.MetricsCollector.Tests;

public sealed class RunArchiveTests(StoreServer server) : IClassFixture<StoreServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, BothStores]
    public async Task A_zip_comes_back_as_the_same_run(StoreKind kind)
    {
        await using var test = await TestStore.OpenAsync(kind);
        using var storage = await server.OpenAsync();
        var archive = new RunArchive(test.Store, storage);
        await FillAsync(test, "zipped");
        var run = await test.RunAsync("zipped");
        var exported = await archive.ExportAsync(run, Format("zip"), Cancel);
        (await archive.ExportAsync(run, Format("zip"), Cancel)).ObjectKey.ShouldBe(exported.ObjectKey);

        var key = await UploadAsync(archive, await FetchAsync(exported));
        (await Should.ThrowAsync<MetricsConflictException>(() => archive.ImportAsync(key, "", Cancel))).Reason.ShouldBe("RUN_EXISTS");
        (await archive.ImportAsync(key, "copy", Cancel)).Registration.Id.ShouldBe("copy");
        (await storage.StatAsync(key, Cancel)).ShouldBeNull();
        await ShouldBeTheSameAsync(test, run, "copy");

        // An export brings a deleted run back under its own id.
        await test.Store.DeleteRunAsync("zipped", Cancel);
        await archive.ImportAsync(await UploadAsync(archive, await FetchAsync(exported)), "", Cancel);
        await ShouldBeTheSameAsync(test, run, "zipped");
    }

    [Fact]
    public async Task Pictures_travel_in_the_zip_and_go_with_the_imported_run()
    {
        await using var test = await TestStore.OpenAsync();
        using var storage = await server.OpenAsync("pictures");
        var archive = new RunArchive(test.Store, storage);
        var picture = ImageCodec.EncodePng(new RgbImage(2, 1, [1, 2, 3, 4, 5, 6]));
        await storage.PutAsync("pictures/i.png", picture, "image/png", Cancel);
        await FillAsync(test, "seen");
        var zip = await FetchAsync(await archive.ExportAsync(await test.RunAsync("seen"), Format("zip"), Cancel));
        await storage.DeleteAsync("pictures/i.png", Cancel);

        await archive.ImportAsync(await UploadAsync(archive, zip), "copy", Cancel);

        var images = await test.Store.ListImagesAsync("copy", null, "", null, 9, Cancel);
        images.Select(image => image.SampleKey).ShouldBe(["gone.png", "pictures/i.png"]);
        // What the export did not find keeps its key.
        images[0].ImageKey.ShouldBe("gone.png");
        images[1].ImageKey.ShouldStartWith("imported/copy/");
        (await storage.GetAsync(images[1].ImageKey, Cancel)).ShouldBe(picture);

        await Should.ThrowAsync<InvalidDataException>(async () => await archive.ImportAsync(await UploadAsync(archive, Change(zip, "images/000001", _ => "no picture")), "bad", Cancel));
        await Should.ThrowAsync<MetricsConflictException>(async () => await archive.ImportAsync(await UploadAsync(archive, zip), "copy", Cancel));
        (await storage.ListAsync("imported/", Cancel).Select(item => item.Key).ToListAsync(Cancel)).ShouldBe([images[1].ImageKey]);

        await archive.ForgetAsync("copy", Cancel);
        (await storage.ListAsync("imported/", Cancel).CountAsync(Cancel)).ShouldBe(0);
        await archive.ForgetAsync("seen", Cancel);
        (await storage.ListAsync("exports/", Cancel).CountAsync(Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task A_zip_that_is_not_whole_leaves_nothing()
    {
        await using var test = await TestStore.OpenAsync();
        using var storage = await server.OpenAsync();
        var archive = new RunArchive(test.Store, storage);
        await FillAsync(test, "good");
        var zip = await FetchAsync(await archive.ExportAsync(await test.RunAsync("good"), Format("zip"), Cancel));

        (await RefusedAsync(RandomNumberGenerator.GetBytes(1_000))).ShouldNotBeEmpty();
        (await RefusedAsync(Zip())).ShouldContain("format.txt");
        (await RefusedAsync(Zip(("format.txt", "other 1")))).ShouldContain("another program");
        (await RefusedAsync(Zip(("format.txt", RunZip.Format), ("run.json", "{")))).ShouldContain("run.json");
        (await RefusedAsync(Zip(("format.txt", RunZip.Format), ("run.json", """{"name":"../../etc/passwd","state":"RUN_STATE_FAILED"}""")), "")).ShouldContain("names no run");
        (await RefusedAsync(Change(zip, "metrics.csv", text => text + "m,1,2\n"))).ShouldContain("is no point");
        (await RefusedAsync(Change(zip, "metrics.csv", text => text + new string('x', 200_000)))).ShouldContain("longer than");
        (await RefusedAsync(Change(zip, "events.jsonl", _ => "[]\n"))).ShouldContain("events.jsonl");
        (await RefusedAsync(zip[..(zip.Length / 2)])).ShouldNotBeEmpty();
        (await test.Store.ListRunsAsync(RunFilter.All, RunOrder.Newest, 10, null, Cancel)).Runs.ShouldHaveSingleItem();

        // Entries that no export has are not looked at, whatever they are called.
        await archive.ImportAsync(await UploadAsync(archive, Change(zip, "../../outside", _ => "x")), "fine", Cancel);
        (await test.RunAsync("fine")).Metrics.Count.ShouldBe(2);

        async Task<string> RefusedAsync(byte[] bytes, string id = "bad")
        {
            var key = await UploadAsync(archive, bytes);
            return (await Should.ThrowAsync<InvalidDataException>(() => archive.ImportAsync(key, id, Cancel))).Message;
        }
    }

    [Fact]
    public async Task Lines_tables_and_event_files_hold_every_point()
    {
        await using var test = await TestStore.OpenAsync();
        using var storage = await server.OpenAsync();
        var archive = new RunArchive(test.Store, storage);
        await storage.EnsureBucketAsync(Cancel);
        await storage.PutAsync("pictures/i.png", ImageCodec.EncodePng(new RgbImage(2, 1, new byte[6])), "image/png", Cancel);
        await FillAsync(test, "lines");
        var run = await test.RunAsync("lines");

        var csv = System.Text.Encoding.UTF8.GetString(await FetchAsync(await archive.ExportAsync(run, Format("csv"), Cancel))).TrimEnd().Split('\n');
        csv[0].ShouldBe("metric,step,epoch,time,value");
        csv.Length.ShouldBe(1 + 3_000 + 3);
        csv.ShouldContain("odd,0,1,2026-03-04T08:06:07.0000000Z,NaN");
        csv.ShouldContain("odd,1,2,2026-03-04T08:06:07.0000000Z,-Infinity");

        var lines = System.Text.Encoding.UTF8.GetString(await FetchAsync(await archive.ExportAsync(run, Format("jsonl"), Cancel))).TrimEnd().Split('\n');
        lines.Length.ShouldBe(1 + 3_003 + 2 + 2);
        using (var first = JsonDocument.Parse(lines[0]))
            first.RootElement.GetProperty("run").GetProperty("name").GetString().ShouldBe("runs/lines");
        using (var last = JsonDocument.Parse(lines[^1]))
            last.RootElement.GetProperty("event").GetProperty("text").GetString().ShouldBe("<b>second</b>");

        var exported = await archive.ExportAsync(run, Format("tensorboard"), Cancel);
        exported.FileName.ShouldContain("tfevents");
        var records = EventFileTests.Read(await FetchAsync(exported));
        var scalars = records.Select(EventFileTests.Scalar).OfType<(string Tag, long Step, float Value)>().ToList();
        scalars.Where(scalar => scalar.Tag == "m").Select(scalar => scalar.Value).ShouldBe(Enumerable.Range(0, 3_000).Select(i => (float)Math.Sin(i)));
        // The first event, the points, and of the two images the one that is in storage.
        records.Count.ShouldBe(1 + 3_003 + 1);
    }

    private static RunFormat Format(string name) => RunFormat.All.Single(format => format.Name == name);

    private static async Task FillAsync(TestStore test, string id)
    {
        await test.Store.CreateRunAsync(
            new NewRun { Id = id, DisplayName = "d", Options = new Dictionary<string, string> { ["a"] = "ü" }, Lineage = new Dictionary<string, string> { ["l"] = "x" }, Note = "n\n" }, Cancel);
        await test.Store.FinishRunAsync(id, RunStatus.Cancelled, "", Cancel);
        test.Time.Advance(TimeSpan.FromHours(3));
        await test.Store.ReopenRunAsync(id, Cancel);
        await test.Store.TagRunAsync(id, new Dictionary<string, string> { ["t"] = "" }, [], Cancel);
        await test.Store.AppendAsync(new PointBatch(id, "c", 1, [.. Enumerable.Range(0, 3_000).Select(i => test.Point("m", i, Math.Sin(i)))]), Cancel);
        double[] odd = [double.NaN, double.NegativeInfinity, -0.0];
        await test.Store.AppendAsync(new PointBatch(id, "c", 2, [.. odd.Select((value, i) => test.Point("odd", i, value))]), Cancel);
        StoredImage Image(string key) => new() { Step = 1, SampleKey = key, ImageKey = key, TruthKey = "", PredictionKey = "" };
        await test.Store.AddImagesAsync(id, new Sender("c", 1), [Image("gone.png"), Image("pictures/i.png")], Cancel);
        StoredEvent Said(string text) => new(0, test.Time.GetUtcNow(), "error", text);
        await test.Store.AddEventsAsync(id, new Sender("c", 1), [Said("first"), Said("<b>second</b>")], Cancel);
        await test.Store.FinishRunAsync(id, RunStatus.Failed, "broke", Cancel);
    }

    private static async Task ShouldBeTheSameAsync(TestStore test, StoredRun expected, string id)
    {
        var run = await test.RunAsync(id);
        (run with { Number = 0, Registration = run.Registration with { Id = "" } })
            .ShouldBeEquivalentTo(expected with { Number = 0, Registration = expected.Registration with { Id = "" } });
        var points = (await test.Store.QueryAsync(id, ["odd"], 0, StepRange.All, Cancel))[0].Points;
        points.Select(point => BitConverter.DoubleToInt64Bits(point.Value)).ShouldBe(
            new[] { double.NaN, double.NegativeInfinity, -0.0 }.Select(BitConverter.DoubleToInt64Bits));
        (await test.Store.QueryAsync(id, ["m"], 0, StepRange.All, Cancel))[0].Points.ShouldBe(Enumerable.Range(0, 3_000).Select(i => test.Point("m", i, Math.Sin(i))));
        (await test.Store.ListImagesAsync(id, null, "", null, 9, Cancel)).Count.ShouldBe(2);
        (await test.Store.ListEventsAsync(id, 0, 9, Cancel)).Select(line => line.Text).ShouldBe(["first", "<b>second</b>"]);
    }

    private static async Task<byte[]> FetchAsync(ExportRunResponse exported)
    {
        using var http = new HttpClient();
        var bytes = await http.GetByteArrayAsync(exported.Url, Cancel);
        Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(exported.Sha256);
        bytes.LongLength.ShouldBe(exported.Size);
        return bytes;
    }

    private static async Task<string> UploadAsync(RunArchive archive, byte[] bytes)
    {
        var place = await archive.PrepareAsync(Cancel);
        using var http = new HttpClient();
        using var answer = await http.PutAsync(place.UploadUrl, new ByteArrayContent(bytes), Cancel);
        answer.EnsureSuccessStatusCode();
        return place.ObjectKey;
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var (name, text) in entries)
                Write(zip, name, text);
        }

        return stream.ToArray();
    }

    private static byte[] Change(byte[] bytes, string name, Func<string, string> change)
    {
        using var stream = new MemoryStream();
        stream.Write(bytes);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update))
        {
            var text = "";
            if (zip.GetEntry(name) is { } entry)
            {
                using (var reader = new StreamReader(entry.Open()))
                    text = reader.ReadToEnd();
                entry.Delete();
            }

            Write(zip, name, change(text));
        }

        return stream.ToArray();
    }

    private static void Write(ZipArchive zip, string name, string text)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name).Open());
        writer.Write(text);
    }
}
