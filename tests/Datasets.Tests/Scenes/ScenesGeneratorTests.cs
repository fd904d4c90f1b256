using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets.Tests;

public sealed class ScenesGeneratorTests(ScenesGeneratorTests.Generated generated) : IClassFixture<ScenesGeneratorTests.Generated>
{
    private const int Count = 120;

    [Fact]
    public void Every_annotation_is_of_an_image_that_was_written_in_the_size_given()
    {
        foreach (var image in generated.Instances.Images)
        {
            var header = ImageCodec.ReadHeader(File.ReadAllBytes(generated.Folder["images", image.FileName]), image.FileName);
            (header.Width, header.Height).ShouldBe((image.Width, image.Height));
        }

        generated.Instances.Images.Count.ShouldBe(Count);
    }

    [Fact]
    public void The_rasterised_annotations_are_the_pixels_drawn()
    {
        var annotations = generated.Instances.Annotations.ToLookup(annotation => annotation.ImageId);
        for (var index = 0; index < Count; index++)
        {
            var scene = RenderedScene.Draw(generated.Options, index);
            var image = generated.Instances.Images[index];
            var drawn = scene.Instances.Select(instance => instance == 0 ? (byte)0 : (byte)scene.Objects[instance - 1].CategoryId).ToArray();
            foreach (var category in annotations[image.Id].Where(a => !a.IsCrowd).Select(a => a.CategoryId).Distinct())
            {
                var crowded = scene.Instances.Select(instance => instance != 0 && scene.Objects[instance - 1].IsCrowd).ToArray();
                var painted = IndexMask.Empty(image.Width, image.Height);
                foreach (var annotation in annotations[image.Id].Where(a => a.CategoryId == category && !a.IsCrowd))
                    Rle.FromSegmentation(annotation.Segmentation, image.Height, image.Width).Paint(painted, 1);
                var (both, either) = (0, 0);
                for (var pixel = 0; pixel < drawn.Length; pixel++)
                {
                    var (truth, found) = (drawn[pixel] == category && !crowded[pixel], painted.Pixels[pixel] == 1);
                    both += truth && found ? 1 : 0;
                    either += truth || found ? 1 : 0;
                }

                // A sliver that looks out behind another object may lose pixels to the least part that is annotated.
                if (either > 400)
                    ((double)both / either).ShouldBeGreaterThan(0.95, $"category {category} of {image.FileName}");
            }
        }
    }

    [Fact]
    public void All_kinds_of_segmentation_and_other_categories_occur()
    {
        var annotations = generated.Instances.Annotations;
        annotations.ShouldContain(a => a.Segmentation is CocoSegmentation.Polygons && ((CocoSegmentation.Polygons)a.Segmentation).Parts.Count > 1);
        annotations.ShouldContain(a => a.Segmentation is CocoSegmentation.CompressedRle);
        annotations.ShouldContain(a => a.Segmentation is CocoSegmentation.UncompressedRle);
        annotations.Where(a => a.Segmentation is not CocoSegmentation.Polygons).ShouldAllBe(a => a.IsCrowd);
        annotations.ShouldContain(a => a.CategoryId > 5);
        annotations.Select(a => a.CategoryId).Distinct().Order().Take(5).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public void Some_annotations_overlap_a_little()
    {
        var overlapping = generated.Instances.Annotations.ToLookup(a => a.ImageId).Count(image =>
        {
            var size = generated.Instances.Images.Single(i => i.Id == image.Key);
            var union = IndexMask.Empty(size.Width, size.Height);
            var runs = image.Select(a => Rle.FromSegmentation(a.Segmentation, size.Height, size.Width)).ToList();
            runs.ForEach(rle => rle.Paint(union, 1));
            return runs.Sum(rle => rle.Area) > union.Pixels.Count(pixel => pixel == 1);
        });
        overlapping.ShouldBeInRange(1, Count / 2);
    }

    [Fact]
    public void People_are_commonest_then_cars_and_the_other_classes_are_rare()
    {
        var images = Enumerable.Range(0, 6).Select(category => generated.Instances.Annotations
            .Where(a => a.CategoryId == category && !a.IsCrowd).Select(a => a.ImageId).Distinct().Count()).ToArray();
        images[1].ShouldBeGreaterThan(images[3]);
        foreach (var rare in (int[])[2, 4, 5])
        {
            images[rare].ShouldBeGreaterThan(Count / 20);
            images[rare].ShouldBeLessThan(images[3]);
        }
    }

    [Fact]
    public async Task A_smaller_generation_of_the_same_seed_is_a_prefix_of_a_larger_one()
    {
        using var again = new TemporaryFolder();
        await ScenesGenerator.GenerateAsync(again.Path, generated.Options with { Count = 6 }, cancellationToken: TestContext.Current.CancellationToken);
        foreach (var file in Directory.EnumerateFiles(again["images"]))
            Digest.OfBytes(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))
                .ShouldBe(Digest.OfBytes(await File.ReadAllBytesAsync(generated.Folder["images", Path.GetFileName(file)], TestContext.Current.CancellationToken)));

        var instances = await ReadAsync(again);
        instances.Annotations.Select(a => (a.Id, a.Area)).ShouldBe(
            generated.Instances.Annotations.Where(a => a.ImageId <= 6).Select(a => (a.Id, a.Area)));
    }

    [Fact]
    public async Task Another_seed_draws_other_scenes()
    {
        using var other = new TemporaryFolder();
        await ScenesGenerator.GenerateAsync(other.Path, generated.Options with { Count = 1, Seed = 99 }, cancellationToken: TestContext.Current.CancellationToken);
        (await File.ReadAllBytesAsync(other["images", "scene_0000001.jpg"], TestContext.Current.CancellationToken))
            .ShouldNotBe(await File.ReadAllBytesAsync(generated.Folder["images", "scene_0000001.jpg"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cancelled_generation_leaves_no_annotation_file()
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        var progress = new Immediately<SceneProgress>(_ => cancel.Cancel());
        await Should.ThrowAsync<OperationCanceledException>(
            () => ScenesGenerator.GenerateAsync(folder.Path, new SceneOptions { Count = 500 }, progress, cancel.Token));
        Directory.EnumerateFiles(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Options_outside_their_ranges_are_refused_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        var error = await Should.ThrowAsync<ArgumentOutOfRangeException>(
            () => ScenesGenerator.GenerateAsync(folder["new"], new SceneOptions { Count = 0 }, cancellationToken: TestContext.Current.CancellationToken));
        error.Message.ShouldContain("Count must lie between 1 and 1000000");
        Directory.Exists(folder["new"]).ShouldBeFalse();
    }

    private static async Task<CocoInstances> ReadAsync(TemporaryFolder folder)
    {
        await using var file = File.OpenRead(folder[ScenesGenerator.AnnotationFile]);
        return await CocoInstances.ReadAsync(file, ScenesGenerator.AnnotationFile, TestContext.Current.CancellationToken);
    }

    public sealed class Generated : IAsyncLifetime
    {
        internal TemporaryFolder Folder { get; } = new();

        internal SceneOptions Options { get; } = new() { Count = Count, Seed = 5 };

        internal CocoInstances Instances { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await ScenesGenerator.GenerateAsync(Folder.Path, Options);
            Instances = await ReadAsync(Folder);
        }

        public ValueTask DisposeAsync()
        {
            Folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
