using Maskwright.Dataset.V1;

namespace Maskwright.Cli.Tests;

public sealed class PrepareOptionsTests : IAsyncLifetime
{
    private FakeServices _fakes = null!;
    private Dictionary<string, string> _environment = null!;

    public async ValueTask InitializeAsync()
    {
        _fakes = await FakeServices.StartAsync();
        _environment = ServiceName.All.ToDictionary(name => $"services__{name}__grpc__0", _ => _fakes.Url);
        _environment["PWD"] = "/data";
    }

    public ValueTask DisposeAsync() => _fakes.DisposeAsync();

    [Fact]
    public async Task Every_option_reaches_the_service()
    {
        var list = Path.GetTempFileName();
        await File.WriteAllTextAsync(list, "12\n000000000034.jpg\n\n", TestContext.Current.CancellationToken);
        var dataset = await PrepareAsync(
            "--coco", "val2014.zip", "--annotations", $"https://host/a.zip#sha256={new string('a', 64)}", "--annotation-file", "instances_val2014.json", "--more-images", "s3://b/p",
            "--classes", "person", "vehicle=car,truck", "--match", "all", "--min-class-share", "0.1", "--min-annotation-area", "20.5", "--max-per-class", "7",
            "--overlap", "smallest-on-top", "--crowds", "paint", "--letterbox", "512x256", "--jpeg-quality", "80", "--ratios", "0.5:0.3:0.2",
            "--split-list", $"train={list}", "--shard-mib", "16", "--bad-input", "skip", "--max-skipped-share", "0.2");
        File.Delete(list);
        dataset.ShouldBe(new Dataset.V1.Dataset
        {
            CocoFiles = new CocoFiles
            {
                Images = { new Location { Uri = "/data/val2014.zip" }, new Location { Uri = "s3://b/p" } },
                Annotations = new Location { Uri = "https://host/a.zip", Sha256 = new string('a', 64) },
                AnnotationFiles = { "instances_val2014.json" },
            },
            Options = new PreparationOptions
            {
                Classes = { "person", "vehicle" },
                Categories = { ["vehicle"] = new Categories { Names = { "car", "truck" } } },
                Match = ClassMatch.All,
                MinClassShare = 0.1,
                MinAnnotationArea = 20.5,
                MaxImagesPerClass = 7,
                Overlap = OverlapPolicy.SmallestOnTop,
                Crowds = CrowdPolicy.Paint,
                Resize = new Resize { Letterbox = new FrameSize { Width = 512, Height = 256 } },
                JpegQuality = 80,
                TrainRatio = 0.5,
                ValRatio = 0.3,
                TestRatio = 0.2,
                Split = SplitKind.Lists,
                SplitLists = { new SplitList { Split = "train", Images = { "12", "000000000034.jpg" } } },
                ShardTargetBytes = 16 << 20,
                BadInput = BadInputPolicy.Skip,
                MaxSkippedShare = 0.2,
            },
        });
    }

    [Fact]
    public async Task Every_source_reaches_the_service()
    {
        (await PrepareAsync("--preset", "coco2014-val-5", "--mirror", "http://host/coco")).Preset
            .ShouldBe(new Preset { Name = "coco2014-val-5", BaseUrl = "http://host/coco" });
        (await PrepareAsync("--voc", "VOCdevkit", "--image-set", "train", "--split-by-source")).VocFiles
            .ShouldBe(new VocFiles { Location = new Location { Uri = "/data/VOCdevkit" }, ImageSets = { "train" } });
        (await PrepareAsync("--mask-images", "streets", "--masks", "truth", "--mask-suffix", "_m", "--value-name", "7=road", "--value-name", "8=car")).MaskFiles
            .ShouldBe(new MaskFiles
            {
                Images = new Location { Uri = "/data/streets" }, Masks = new Location { Uri = "/data/truth" }, MaskSuffix = "_m", ValueNames = { [7] = "road", [8] = "car" },
            });
        (await PrepareAsync("--coco", "https://host/coco.zip")).CocoFiles.Images.Single().Uri.ShouldBe("https://host/coco.zip");
    }

    [Theory]
    [InlineData("--ratios '8:1'", "--coco", "x", "--ratios", "8:1")]
    [InlineData("--letterbox 'big'", "--coco", "x", "--letterbox", "big")]
    [InlineData("Give one of --longest-side", "--coco", "x", "--longest-side", "100", "--stretch", "5x5")]
    [InlineData("Give one of --coco", "--coco", "x", "--voc", "y")]
    [InlineData("need --coco", "--annotations", "x.zip")]
    [InlineData("expected is VALUE=NAME", "--mask-images", "x", "--value-name", "road")]
    [InlineData("--max-images '0' is not above 0", "--coco", "x", "--max-images", "0")]
    [InlineData("--max-skipped-share '0' is not above 0", "--coco", "x", "--bad-input", "skip", "--max-skipped-share", "0")]
    [InlineData("expected is SPLIT=FILE", "--coco", "x", "--split-list", "train")]
    public async Task What_cannot_be_is_a_wrong_command_line(string problem, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(_environment, ["dataset", "prepare", .. arguments]);
        run.Code.ShouldBe(2);
        run.Error.ShouldContain(problem);
    }

    private async Task<Dataset.V1.Dataset> PrepareAsync(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(_environment, ["dataset", "prepare", .. arguments]);
        run.Code.ShouldBe(0, run.Error);
        return _fakes.Script.Requests.OfType<CreateDatasetRequest>().Last().Dataset;
    }
}
