using Maskwright.Imaging;

namespace Maskwright.Datasets.Tests;

public sealed class ClassesTests(StorageFixture fixture) : PreparationTest(fixture)
{
    [Fact]
    public async Task Classes_are_taken_by_name_or_id_in_the_order_asked_for()
    {
        using var coco = CocoFolderBuilder.WithPeople(3);
        coco.AddBox(1, 18, 8, 3, 12, 9);
        var manifest = await PrepareAsync(await coco.WriteAsync(), new PreparationOptions { Classes = ["18", "person"] });
        manifest.Classes.ShouldBe(["background", "dog", "person"]);
        manifest.Options.Classes.ShouldBe(["dog", "person"]);
        var mask = await MaskOfAsync(1);
        (mask[3 * 16 + 2], mask[3 * 16 + 8]).ShouldBe(((byte)2, (byte)1));
    }

    [Fact]
    public async Task Several_categories_become_one_class()
    {
        using var coco = CocoFolderBuilder.WithPeople(3);
        coco.AddBox(1, 3, 8, 3, 10, 9);
        coco.AddBox(1, 4, 12, 3, 14, 9);
        var manifest = await PrepareAsync(await coco.WriteAsync(), new PreparationOptions
        {
            Classes = ["vehicle", "person"],
            Categories = new Dictionary<string, IReadOnlyList<string>> { ["vehicle"] = ["car", "4"] },
        });
        manifest.Classes.ShouldBe(["background", "vehicle", "person"]);
        var mask = await MaskOfAsync(1);
        (mask[3 * 16 + 8], mask[3 * 16 + 12], mask[3 * 16 + 2]).ShouldBe(((byte)1, (byte)1, (byte)2));
        var statistics = await (await DatasetReader.OpenAsync(Storage, Id, Cancellation)).ReadStatisticsAsync(Cancellation);
        statistics.Splits.Values.Sum(split => split.Classes[1].Instances).ShouldBe(2);
    }

    [Fact]
    public void A_category_belongs_to_one_class()
    {
        Map(["person", "1"]).ShouldContain("'person' (1) of set would belong to both 'person' and '1'");
        var composed = new Dictionary<string, IReadOnlyList<string>> { ["vehicle"] = ["car"] };
        Map(["vehicle", "car"], composed).ShouldContain("'car' (3) of set would belong to both 'vehicle' and 'car'");

        static string Map(string[] classes, Dictionary<string, IReadOnlyList<string>>? composed = null) =>
            Should.Throw<DatasetException>(() => ClassMap.Create(
                new PreparationOptions { Classes = classes, Categories = composed ?? [] }, [], [(1, "person"), (3, "car")], "set")).Message;
    }

    [Fact]
    public void A_name_goes_before_an_id()
    {
        var map = ClassMap.Create(new PreparationOptions { Classes = ["3"] }, [], [(1, "3"), (3, "car")], "set");
        map.TryGet(1, out var index).ShouldBeTrue();
        index.ShouldBe((byte)1);
        map.TryGet(3, out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_class_that_was_asked_for_and_that_no_image_shows_is_named()
    {
        using var coco = CocoFolderBuilder.WithPeople(4);
        var directory = await coco.WriteAsync();
        var options = new PreparationOptions { Classes = ["person", "airplane"] };
        (await FailAsync(DatasetFailure.TooFewImages, directory, options)).Message.ShouldContain("no chosen image shows airplane");

        await PrepareAsync(directory, options with { BadInput = BadInputPolicy.Skip });
        var statistics = await (await DatasetReader.OpenAsync(Storage, Id, Cancellation)).ReadStatisticsAsync(Cancellation);
        statistics.Skipped!.Causes.Single().ShouldContain("no chosen image shows airplane");
    }

    [Fact]
    public async Task Small_annotations_are_left_out_by_their_stated_area_or_else_by_their_pixels()
    {
        using var coco = CocoFolderBuilder.WithPeople(4);
        for (var i = 0; i < coco.Annotations.Count; i++)
            coco.Annotations[i] = coco.Annotations[i] with { Area = i == 0 ? 23 : 24 };
        coco.Annotations[1] = coco.Annotations[1] with { Area = 0 };
        await PrepareAsync(await coco.WriteAsync(), new PreparationOptions { MinAnnotationArea = 24 });
        (await ReadAllAsync()).Select(sample => sample.Info.ImageId).Order().ShouldBe([2, 3, 4]);
    }

    [Fact]
    public async Task Images_are_chosen_by_the_share_of_pixels_that_show_a_class()
    {
        using var coco = CocoFolderBuilder.WithPeople(6);
        foreach (var id in (int[])[2, 4, 5])
            coco.AddBox(id, 3, 0, 0, 16, 8);
        await PrepareAsync(await coco.WriteAsync(), new PreparationOptions { MinClassShare = 0.6 });
        (await ReadAllAsync()).Select(sample => sample.Info.ImageId).Order().ShouldBe([2, 4, 5]);
    }

    private async Task<byte[]> MaskOfAsync(long imageId)
    {
        var sample = (await ReadAllAsync()).Single(found => found.Info.ImageId == imageId);
        return PalettePng.Decode(sample.MaskPng, sample.Key).Pixels;
    }
}
