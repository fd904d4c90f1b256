using Maskwright.Artifacts;
using Maskwright.Imaging;

namespace Maskwright.Datasets.Tests;

public sealed class DatasetPreparationTests(StorageFixture fixture) : PreparationTest(fixture)
{
    [Fact]
    public async Task A_folder_becomes_samples_with_the_source_bytes_and_masks_of_class_indices()
    {
        using var coco = CocoFolderBuilder.WithPeople(12);
        await PrepareAsync(await coco.WriteAsync());

        var samples = await ReadAllAsync();
        samples.Select(sample => sample.Info.ImageId).Order().ShouldBe(Enumerable.Range(1, 12).Select(id => (long)id));
        foreach (var sample in samples)
        {
            sample.Key.ShouldBe($"{sample.Info.ImageId:D12}");
            (sample.Info with { Objects = null }).ShouldBe(new SampleInfo(sample.Info.ImageId, $"{sample.Key}.jpg", 16, 12, 3));
            sample.Info.Objects.ShouldHaveSingleItem().ShouldBe(new SampleObject(1, Area: 1, new PixelBox(2, 3, 4, 6)));
            sample.Jpeg.ShouldBe(await File.ReadAllBytesAsync(coco["images", sample.Info.FileName], Cancellation));
            Mask(sample).ShouldBe(Expected((x, y) => x is >= 2 and < 6 && y is >= 3 and < 9 ? 1 : 0));
        }
    }

    [Fact]
    public async Task The_higher_class_index_wins_an_overlap_and_crowds_become_ignore_and_other_categories_background()
    {
        using var coco = CocoFolderBuilder.WithPeople(3);
        coco.AddBox(1, 5, 4, 5, 10, 11);                                          // airplane over the person
        coco.AddBox(1, 1, 8, 5, 12, 11);                                          // a person written after the airplane
        coco.AddBox(1, 18, 0, 0, 16, 12);                                         // a dog everywhere
        coco.Add(1, 3, isCrowd: true, new CocoSegmentation.UncompressedRle(12, 16, [168, 24])); // a crowd in the last two columns
        await PrepareAsync(await coco.WriteAsync());

        var sample = (await ReadAllAsync()).Single(found => found.Info.ImageId == 1);
        Mask(sample).ShouldBe(Expected((x, y) =>
            x >= 14 ? 255
            : x is >= 4 and < 10 && y is >= 5 and < 11 ? 5
            : x is >= 2 and < 6 && y is >= 3 and < 9 ? 1
            : x is >= 8 and < 12 && y is >= 5 and < 11 ? 1
            : 0));

        // The crowd is no object, and neither is what belongs to no class.
        sample.Info.Objects!.Select(found => (found.Class, found.Area, found.Box)).ShouldBe(
            [(1, 1, new PixelBox(2, 3, 4, 6)), (5, 1, new PixelBox(4, 5, 6, 6)), (1, 1, new PixelBox(8, 5, 4, 6))]);
    }

    [Fact]
    public async Task Policies_of_overlap_and_crowds_reach_the_masks()
    {
        using var coco = CocoFolderBuilder.WithPeople(3);
        coco.AddBox(1, 5, 0, 0, 4, 12);                                           // an airplane written after the person
        coco.Add(1, 3, isCrowd: true, new CocoSegmentation.UncompressedRle(12, 16, [168, 24])); // a crowd of cars
        await PrepareAsync(await coco.WriteAsync(), new PreparationOptions { Overlap = OverlapPolicy.Ignore, Crowds = CrowdPolicy.Paint });

        var sample = (await ReadAllAsync()).Single(found => found.Info.ImageId == 1);
        Mask(sample).ShouldBe(Expected((x, y) =>
            x >= 14 ? 3
            : x is >= 2 and < 4 && y is >= 3 and < 9 ? 255
            : x < 4 ? 5
            : x < 6 && y is >= 3 and < 9 ? 1
            : 0));
    }

    [Theory]
    [InlineData(16, 12)] // the annotations speak of the stored pixels
    [InlineData(12, 16)] // the annotations speak of the upright picture
    public async Task An_image_that_is_stored_turned_has_an_upright_mask(int width, int height)
    {
        using var coco = CocoFolderBuilder.WithPeople(3);
        // An APP1 segment that says: to be turned clockwise.
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"u8];
        var jpeg = CocoFolderBuilder.Jpeg(1);
        byte[] turned = [.. jpeg[..2], .. exif, .. jpeg[2..]];
        coco.WriteFile("images/000000000001.jpg", turned);
        coco.Images[0] = coco.Images[0] with { Width = width, Height = height };
        await PrepareAsync(await coco.WriteAsync());

        var sample = (await ReadAllAsync()).Single(found => found.Info.ImageId == 1);
        sample.Jpeg.ShouldBe(turned);
        (sample.Info.Width, sample.Info.Height).ShouldBe((12, 16));
        var mask = PalettePng.Decode(sample.MaskPng, sample.Key);
        (mask.Width, mask.Height).ShouldBe((12, 16));
        // Stored columns 2 to 6 and rows 3 to 9 come to lie in rows 2 to 6 and columns 12 - 9 to 12 - 3.
        mask.Pixels.ShouldBe([.. Enumerable.Range(0, 12 * 16).Select(i => (X: i % 12, Y: i / 12)).Select(at => (byte)(
            width == 16 ? (at is { X: >= 3 and < 9, Y: >= 2 and < 6 } ? 1 : 0) : (at is { X: >= 2 and < 6, Y: >= 3 and < 9 } ? 1 : 0)))]);
        sample.Info.Objects.ShouldHaveSingleItem().Box.ShouldBe(width == 16 ? new PixelBox(3, 2, 6, 4) : new PixelBox(2, 3, 4, 6));
    }

    [Fact]
    public async Task A_png_becomes_a_jpeg_of_the_quality_asked_for()
    {
        using var coco = CocoFolderBuilder.WithPeople(3);
        // 2x1 grey pixels of 16 bits: 128 and 255.
        coco.WriteFile("images/deep.png", Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAAAAACB2fwVAAAADUlEQVR4nGNoaPj/HwAGggL/s75RMwAAAABJRU5ErkJggg=="));
        coco.Images[0] = new CocoImage(1, "deep.png", 2, 1, 3);
        coco.Annotations[0] = coco.Annotations[0] with { Segmentation = new CocoSegmentation.UncompressedRle(1, 2, [0, 2]) };
        await PrepareAsync(await coco.WriteAsync(), new PreparationOptions { JpegQuality = 100 });

        var sample = (await ReadAllAsync()).Single(found => found.Info.ImageId == 1);
        ImageCodec.ReadHeader(sample.Jpeg, "a").Encoding.ShouldBe(ImageEncoding.Jpeg);
        var pixels = ImageCodec.Decode(sample.Jpeg, "a").Pixels;
        pixels.Zip([128, 128, 128, 255, 255, 255]).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) <= 2);
    }

    [Fact]
    public async Task A_polygon_partly_outside_is_clipped()
    {
        using var coco = CocoFolderBuilder.WithPeople(3);
        coco.AddBox(2, 3, 12, -4, 40, 5);
        await PrepareAsync(await coco.WriteAsync());
        var sample = (await ReadAllAsync()).Single(found => found.Info.ImageId == 2);
        Mask(sample).ShouldBe(Expected((x, y) => x >= 12 && y < 5 ? 3 : x is >= 2 and < 6 && y is >= 3 and < 9 ? 1 : 0));
    }

    [Fact]
    public async Task Only_images_that_show_a_class_are_taken()
    {
        using var coco = CocoFolderBuilder.WithPeople(5);
        coco.AddImage(6);
        coco.AddBox(6, 18, 1, 1, 5, 5);
        coco.AddImage(7);
        await PrepareAsync(await coco.WriteAsync());
        (await ReadAllAsync()).Select(sample => sample.Info.ImageId).Order().ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task Classes_are_found_by_name_and_indexed_in_the_order_asked_for()
    {
        using var coco = CocoFolderBuilder.WithPeople(3);
        coco.AddBox(1, 18, 8, 3, 12, 9);
        var manifest = await PrepareAsync(await coco.WriteAsync(), new PreparationOptions { Classes = ["dog", "person"] });
        manifest.Classes.ShouldBe(["background", "dog", "person"]);
        Mask((await ReadAllAsync()).Single(found => found.Info.ImageId == 1))
            .ShouldBe(Expected((x, y) => y is < 3 or >= 9 ? 0 : x is >= 2 and < 6 ? 2 : x is >= 8 and < 12 ? 1 : 0));
    }

    [Fact]
    public async Task Statistics_count_images_instances_and_pixels()
    {
        using var coco = CocoFolderBuilder.WithPeople(10);
        foreach (var id in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        {
            coco.AddBox(id, 3, 8, 0, 12, 4);
            coco.AddBox(id, 3, 12, 0, 14, 4);
            coco.Add(id, 1, isCrowd: true, new CocoSegmentation.UncompressedRle(12, 16, [180, 12]));
        }

        var manifest = await PrepareAsync(await coco.WriteAsync());
        var statistics = await (await DatasetReader.OpenAsync(Storage, Id, Cancellation)).ReadStatisticsAsync(Cancellation);
        foreach (var (name, split) in statistics.Splits)
        {
            var images = manifest.Splits[name].Samples;
            split.Images.ShouldBe(images);
            split.IgnoredPixels.ShouldBe(12 * images);
            split.ValidPixels.ShouldBe(180 * images);
            split.Classes.Select(c => (c.Name, c.Images, c.Instances, c.Pixels)).ShouldBe(
            [
                ("background", images, 0, (180 - 24 - 24) * images), ("person", images, images, 24 * images), ("bicycle", 0, 0, 0),
                ("car", images, 2 * images, 24 * images), ("motorcycle", 0, 0, 0), ("airplane", 0, 0, 0),
            ]);
            long[] none = [0, 0, 0, 0, 0, 0], shown = [images, images, 0, images, 0, 0];
            split.CoOccurrence.ShouldBe([shown, shown, none, shown, none, none]);
            split.Widths.ShouldBe([new HistogramBin(0, 64, images)]);
            split.Heights.ShouldBe([new HistogramBin(0, 64, images)]);
            split.Aspects.ShouldBe([new HistogramBin(1.2968, 1.5422, images)]); // 4:3 between 2^(3/8) and 2^(5/8)
        }

        // Frequencies 132/180, 24/180, 24/180: the median is 24/180.
        statistics.ClassWeights.Select(weight => weight is null ? -1 : Math.Round(weight.Value, 6)).ShouldBe([Math.Round(24 / 132d, 6), 1, -1, 1, -1, -1]);
        // 180 valid pixels over three classes: 60 over each one's own.
        statistics.InverseFrequencyWeights.Select(weight => weight is null ? -1 : Math.Round(weight.Value, 6)).ShouldBe([Math.Round(60 / 132d, 6), 2.5, -1, 2.5, -1, -1]);
        statistics.ContactSheet.Order().ShouldBe(Enumerable.Range(1, 10).Select(id => $"{id:D12}"));
        statistics.ChannelMean.Count.ShouldBe(3);
        statistics.ChannelStd.ShouldAllBe(deviation => deviation > 0 && deviation < 0.6);
    }

    [Fact]
    public async Task Mean_and_deviation_of_the_channels_are_those_of_the_train_splits_pixels()
    {
        using var coco = CocoFolderBuilder.WithPeople(30);
        for (var id = 1; id <= 30; id++)
        {
            byte[] colour = [(byte)(40 + 6 * id), (byte)(220 - 5 * id), (byte)(80 + 3 * id)];
            var picture = new RgbImage(16, 12, [.. Enumerable.Repeat(colour, 16 * 12).SelectMany(rgb => rgb)]);
            coco.WriteFile($"images/{id:D12}.jpg", ImageCodec.EncodeJpeg(picture, 95));
        }

        await PrepareAsync(await coco.WriteAsync());
        var reader = await DatasetReader.OpenAsync(Storage, Id, Cancellation);
        var pixels = new List<byte>();
        await foreach (var sample in reader.ReadSplitAsync("train", Cancellation))
            pixels.AddRange(ImageCodec.Decode(sample.Jpeg, sample.Key).Pixels);

        var statistics = await reader.ReadStatisticsAsync(Cancellation);
        for (var channel = 0; channel < 3; channel++)
        {
            var values = pixels.Where((_, i) => i % 3 == channel).Select(value => value / 255.0).ToList();
            var mean = values.Average();
            // They follow from the coefficients of the JPEGs, and are those of the pixels where decoding clips nothing.
            statistics.ChannelMean[channel].ShouldBe(mean, 0.002);
            statistics.ChannelStd[channel].ShouldBe(Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), 0.002);
        }
    }

    [Fact]
    public async Task Pictures_show_the_classes_what_occurs_together_and_samples()
    {
        using var coco = CocoFolderBuilder.WithPeople(30);
        var manifest = await PrepareAsync(await coco.WriteAsync());
        manifest.Pictures.Select(picture => picture.Key)
            .ShouldBe([$"datasets/{Id}/pictures/class-histogram.png", $"datasets/{Id}/pictures/co-occurrence.png", $"datasets/{Id}/pictures/contact-sheet.png"]);
        foreach (var picture in manifest.Pictures)
            ImageCodec.Decode(await Storage.GetArtifactAsync(picture, Cancellation), picture.Key).Width.ShouldBeGreaterThan(300);
        (await (await DatasetReader.OpenAsync(Storage, Id, Cancellation)).ReadStatisticsAsync(Cancellation)).ContactSheet.Count.ShouldBe(24);
    }

    [Fact]
    public async Task The_digest_depends_on_neither_threads_nor_id_nor_time_but_on_options()
    {
        using var coco = CocoFolderBuilder.WithPeople(30);
        var directory = await coco.WriteAsync();
        var one = await PrepareAsync(directory, degree: 1);
        var many = await PrepareAsync(directory, degree: 7, id: Id + "b");
        var other = await PrepareAsync(directory, new PreparationOptions { Seed = 1 }, id: Id + "c");
        many.Digest.ShouldBe(one.Digest);
        Shards(many).ShouldBe(Shards(one));
        many.Source.ShouldBe(one.Source);
        other.Digest.ShouldNotBe(one.Digest);
    }

    [Fact]
    public async Task Identical_files_never_lie_in_two_splits()
    {
        using var coco = new CocoFolderBuilder();
        for (var id = 1; id <= 60; id++)
        {
            coco.AddImage(id, colour: id % 6);
            coco.AddBox(id, 1, 2, 3, 6, 9);
        }

        await PrepareAsync(await coco.WriteAsync(), new PreparationOptions { TrainRatio = 1 });
        var reader = await DatasetReader.OpenAsync(Storage, Id, Cancellation);
        var splitsOf = new Dictionary<long, HashSet<string>>();
        foreach (var split in reader.Manifest.Splits.Keys)
            await foreach (var sample in reader.ReadSplitAsync(split, Cancellation))
                (splitsOf.TryGetValue(sample.Info.ImageId % 6, out var found) ? found : splitsOf[sample.Info.ImageId % 6] = []).Add(split);
        splitsOf.Values.ShouldAllBe(splits => splits.Count == 1);
    }

    [Fact]
    public async Task At_most_the_images_asked_for_are_taken_and_the_same_ones_each_time()
    {
        using var coco = CocoFolderBuilder.WithPeople(40);
        var directory = await coco.WriteAsync();
        var first = await PrepareAsync(directory, new PreparationOptions { MaxImages = 9 });
        var second = await PrepareAsync(directory, new PreparationOptions { MaxImages = 9 }, id: Id + "b");
        first.Splits.Values.Sum(split => split.Samples).ShouldBe(9);
        second.Digest.ShouldBe(first.Digest);
        (await ReadAllAsync()).Max(sample => sample.Info.ImageId).ShouldBeGreaterThan(9);
    }

    [Fact]
    public async Task A_split_that_outgrows_the_target_size_goes_on_in_the_next_shard()
    {
        using var scenes = new TemporaryFolder();
        await ScenesGenerator.GenerateAsync(scenes.Path, new SceneOptions { Count = 90, Size = 512 }, cancellationToken: Cancellation);
        var manifest = await PrepareAsync(scenes.Path, new PreparationOptions { ShardTargetBytes = 1 << 20 });
        var shards = manifest.Splits["train"].Shards;
        shards.Count.ShouldBeGreaterThan(2);
        shards.Select(shard => shard.Tar.Key).Take(2).ShouldBe([$"datasets/{Id}/train/shard-00000.tar", $"datasets/{Id}/train/shard-00001.tar"]);
        shards.ShouldAllBe(shard => shard.Tar.Size < (1 << 20) + (1 << 18));
        var samples = await ReadAllAsync();
        samples.Count.ShouldBe(manifest.Splits.Values.Sum(split => split.Samples));
        samples.Select(sample => sample.Key).Distinct().Count().ShouldBe(samples.Count);
    }

    [Theory]
    [InlineData("instances_val2017.json", "val2017")]
    [InlineData("annotations/instances_val2014.json", "images/val2014")]
    [InlineData("annotations/instances_x.json", "images")]
    [InlineData("instances_x.json", "")]
    public async Task The_layouts_of_coco_are_found(string annotations, string images)
    {
        using var coco = new CocoFolderBuilder();
        for (var id = 1; id <= 3; id++)
        {
            coco.AddImage(id, file: Path.Combine(images, $"{id:D12}.jpg"));
            coco.AddBox(id, 1, 2, 3, 6, 9);
        }

        var manifest = await PrepareAsync(await coco.WriteAsync(annotations));
        manifest.Source.AnnotationFile.ShouldBe(annotations);
        (await ReadAllAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Progress_goes_through_the_stages_and_each_to_its_end()
    {
        using var coco = CocoFolderBuilder.WithPeople(5);
        var reports = new List<PreparationProgress>();
        await PrepareAsync(await coco.WriteAsync(), progress: reports.Add);
        reports.Select(report => report.Stage).ShouldBeInOrder();
        foreach (var stage in Enum.GetValues<PreparationStage>().Where(stage => stage != PreparationStage.Download))
        {
            var last = reports.Last(report => report.Stage == stage);
            last.Done.ShouldBe(last.Total);
        }
    }

    private static IEnumerable<string> Shards(DatasetManifest manifest) =>
        manifest.Splits.OrderBy(split => split.Key, StringComparer.Ordinal).SelectMany(split => split.Value.Shards).Select(shard => shard.Tar.Sha256);

    private static byte[] Mask(EncodedSample sample) => PalettePng.Decode(sample.MaskPng, sample.Key).Pixels;

    private static byte[] Expected(Func<int, int, int> value) =>
        [.. Enumerable.Range(0, 16 * 12).Select(pixel => (byte)value(pixel % 16, pixel / 16))];
}
