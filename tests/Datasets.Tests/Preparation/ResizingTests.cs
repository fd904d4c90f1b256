using Maskwright.Imaging;

namespace Maskwright.Datasets.Tests;

public sealed class ResizingTests(StorageFixture fixture) : PreparationTest(fixture)
{
    [Theory]
    [InlineData(ResizeKind.LongestSide, 640, 480, 256, 256, 192)]
    [InlineData(ResizeKind.LongestSide, 480, 640, 256, 192, 256)]
    [InlineData(ResizeKind.LongestSide, 200, 100, 256, 200, 100)] // never enlarged
    [InlineData(ResizeKind.LongestSide, 8000, 1, 256, 256, 1)] // never nothing
    [InlineData(ResizeKind.ShortestSide, 640, 480, 256, 341, 256)]
    [InlineData(ResizeKind.ShortestSide, 427, 640, 256, 256, 384)]
    [InlineData(ResizeKind.ShortestSide, 200, 300, 256, 200, 300)]
    [InlineData(ResizeKind.Letterbox, 640, 480, 256, 256, 192)]
    [InlineData(ResizeKind.Letterbox, 480, 640, 256, 192, 256)]
    [InlineData(ResizeKind.Letterbox, 100, 50, 256, 256, 128)] // enlarged
    [InlineData(ResizeKind.Stretch, 640, 480, 256, 256, 256)]
    public void The_size_follows_from_the_kind(ResizeKind kind, int width, int height, int side, int expectedWidth, int expectedHeight) =>
        Resizing.SizeOf(new ResizeOptions(kind, side, side), width, height).ShouldBe((expectedWidth, expectedHeight));

    [Fact]
    public async Task Images_and_masks_get_the_size_and_the_bars_of_a_letterbox_are_ignored()
    {
        using var coco = CocoFolderBuilder.WithPeople(3);
        await PrepareAsync(await coco.WriteAsync(), new PreparationOptions { Resize = new ResizeOptions(ResizeKind.Letterbox, 32, 32), JpegQuality = 100 });

        foreach (var sample in await ReadAllAsync())
        {
            // 16x12 becomes 32x24 between two bars of 4 rows.
            (sample.Info.Width, sample.Info.Height).ShouldBe((32, 32));
            var mask = PalettePng.Decode(sample.MaskPng, sample.Key);
            mask.Pixels.ShouldBe([.. Enumerable.Range(0, 32 * 32).Select(i => (X: i % 32, Y: i / 32 - 4)).Select(at => (byte)(
                at.Y is < 0 or >= 24 ? 255 : at is { X: >= 4 and < 12, Y: >= 6 and < 18 } ? 1 : 0))]);
            sample.Info.Objects.ShouldHaveSingleItem().ShouldBe(new SampleObject(1, Area: 1, new PixelBox(4, 4 + 6, 8, 12)));
            var image = ImageCodec.Decode(sample.Jpeg, sample.Key);
            (image.Width, image.Height).ShouldBe((32, 32));
            image.Pixels.Take(32 * 3).ShouldAllBe(value => value < 20);
        }
    }

    [Fact]
    public async Task The_quality_decides_the_size_of_what_is_encoded_again()
    {
        using var coco = CocoFolderBuilder.WithPeople(3);
        var directory = await coco.WriteAsync();
        var resize = new ResizeOptions(ResizeKind.Stretch, 64, 64);
        await PrepareAsync(directory, new PreparationOptions { Resize = resize, JpegQuality = 30 });
        await PrepareAsync(directory, new PreparationOptions { Resize = resize, JpegQuality = 99 }, id: Id + "b");
        (await ReadAllAsync()).Sum(sample => sample.Jpeg.Length).ShouldBeLessThan((await ReadAllAsync(Id + "b")).Sum(sample => sample.Jpeg.Length));
    }
}
