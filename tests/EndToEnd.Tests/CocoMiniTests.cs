using Maskwright.Dataset.V1;
using Maskwright.Work.V1;

namespace Maskwright.EndToEnd.Tests;

public sealed class CocoMiniTests(RunningApplication running)
{
    private const int Patience = 240_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Real_coco_images_are_prepared_by_the_service()
    {
        var folder = Find();
        Assert.SkipWhen(folder is null, "coco-mini is missing: put it beside the repository as shared/data/coco-mini, or name it by MASKWRIGHT_COCO_MINI.");

        var datasets = running.Application.Clients.Datasets;
        var created = await datasets.CreateDatasetAsync(
            new CreateDatasetRequest { Dataset = new Dataset.V1.Dataset { CocoFolder = new CocoFolder { Path = folder! } } }, cancellationToken: Cancellation);
        var ended = await datasets.EndAsync(created.Name, Cancellation);
        ended.State.ShouldBe(State.Succeeded, ended.Error?.Message);

        var splits = ended.Statistics.Splits;
        splits.Sum(split => split.Images).ShouldBe(419);
        splits.Single(split => split.Split == "train").Images.ShouldBeInRange(310, 360);
        splits.Select(split => split.Classes.Sum(counts => counts.Pixels)).ShouldBe(splits.Select(split => split.ValidPixels));
        var airplane = splits.Select(split => split.Classes.Single(counts => counts.Name == "airplane")).ToList();
        airplane.Sum(counts => counts.Images).ShouldBe(10);
        airplane.Sum(counts => counts.Instances).ShouldBe(16);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("MASKWRIGHT_COCO_MINI") is { Length: > 0 } named)
            return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, "shared", "data", "coco-mini");
            if (Directory.Exists(found))
                return found;
        }

        return null;
    }
}
