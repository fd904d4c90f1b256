using System.Text;
using Maskwright.Imaging;
using Maskwright.Imaging.Tests;

namespace Maskwright.Datasets.Tests;

/// <summary>Seeded damage to input of every kind: a reading, or an error with a name, comes out, and nothing else.</summary>
public sealed class FuzzTests
{
    private const int JsonRounds = 5000;
    private const int RleRounds = 6000;
    private const int JpegRounds = 3500;

    private static readonly string[] Hostile =
    [
        "NaN", "1e999", "-1e999", "1e-400", "99999999999999999999", "-0", "null", "true", "\"\"", "[]", "{}", "[[]]", "\"\\ud800\"", "\"..\\/..\"", "0.1e", "\u0000", "18446744073709551616",
    ];

    private static readonly byte[] Coco = Encoding.UTF8.GetBytes("""
        {"info":{"description":"d"},"licenses":[{"id":2,"name":"BY","url":"u"}],
        "images":[{"id":1,"file_name":"a.jpg","width":6,"height":6,"license":2},{"id":2,"file_name":"b.jpg","width":16,"height":12}],
        "annotations":[{"segmentation":[[1,1,4.25,1,4,4,1,4]],"area":9.5,"iscrowd":0,"image_id":1,"bbox":[1,1,3,3],"category_id":1,"id":5},
        {"id":6,"image_id":1,"category_id":1,"iscrowd":1,"segmentation":{"size":[6,6],"counts":[6,30]}},
        {"id":7,"image_id":1,"category_id":3,"segmentation":{"size":[6,6],"counts":"733000;"}},
        {"id":8,"image_id":2,"category_id":3,"area":4,"segmentation":[[2,3,6,3,6,9,2,9],[8,1,9,1,9,2]]}],
        "categories":[{"id":1,"name":"person","supercategory":"p"},{"id":3,"name":"car"}]}
        """);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(BadInputPolicy.Fail)]
    [InlineData(BadInputPolicy.Skip)]
    public async Task Damaged_annotations_are_read_and_painted_or_refused_by_name(BadInputPolicy policy)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        var (read, refused) = (0, 0);
        for (var round = 0; round < JsonRounds / 2; round++)
        {
            var json = Damage(Coco, random);
            try
            {
                await ReadAndPaintAsync(json, policy, folder.Path);
                read++;
            }
            catch (Exception error) when (error is CocoFormatException or DatasetException)
            {
                error.Message.Length.ShouldBeGreaterThan(10);
                refused++;
            }
        }

        // Neither may be all there is, or the damage would prove nothing.
        (read > 50).ShouldBeTrue($"{read} read, {refused} refused");
        (refused > JsonRounds / 10).ShouldBeTrue($"{read} read, {refused} refused");
    }

    [Fact]
    public void Damaged_run_lengths_are_unpacked_or_refused_by_name()
    {
        var random = new Random(2);
        var refused = 0;
        var packed = Encoding.ASCII.GetBytes(Rle.FromPolygons([[10, 10, 90, 15, 60, 80, 20, 70]], 100, 120).ToString());
        for (var round = 0; round < RleRounds; round++)
        {
            try
            {
                var rle = round % 3 == 0
                    ? Rle.FromCounts(100, 120, [.. Enumerable.Range(0, random.Next(5)).Select(_ => (uint)random.NextInt64(random.Next(2) == 0 ? 13_000 : uint.MaxValue))])
                    : Rle.FromString(random.Next(-2, 200), 120, Encoding.Latin1.GetString(Damage(packed, random)));
                rle.Paint(IndexMask.Empty(rle.Width, rle.Height), 1);
            }
            catch (FormatException error)
            {
                error.Message.Length.ShouldBeGreaterThan(10);
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(RleRounds / 10);
    }

    [Fact]
    public void Damaged_pictures_are_decoded_or_refused_by_name()
    {
        var random = new Random(3);
        var refused = 0;
        byte[][] pictures =
        [
            CocoFolderBuilder.Jpeg(3, 64, 48), ImageCodec.EncodePng(CocoFolderBuilder.Picture(3, 64, 48)), EncodedPictures.Progressive,
            EncodedPictures.Restarting, EncodedPictures.Cmyk, EncodedPictures.Rgb16, EncodedPictures.Grey16,
        ];
        for (var round = 0; round < JpegRounds; round++)
        {
            var bytes = Damage(pictures[round % pictures.Length], random);
            try
            {
                if (ImageCodec.ReadHeader(bytes, "a.jpg").Encoding == ImageEncoding.Jpeg)
                    _ = JpegCheck.Run(bytes, "a.jpg", TestContext.Current.CancellationToken);
                _ = ImageCodec.DecodeScaled(bytes, 16, 12, "a.jpg");
            }
            catch (ImageFormatException error)
            {
                error.Message.ShouldStartWith("a.jpg: ");
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(JpegRounds / 10);
    }

    private static async Task ReadAndPaintAsync(byte[] json, BadInputPolicy policy, string folder)
    {
        var bad = new BadInput(policy, maxSkippedShare: 1);
        using var store = new RegionStore(folder);
        var index = new CocoIndex(store, bad);
        await index.ReadAsync(new MemoryStream(json), "a.json", split: null, Cancellation);
        index.Complete();
        bad.ThrowIfTooMuch();
        var options = new PreparationOptions { Classes = ["person", "car"] };
        var classes = ClassMap.Create(options, [], [.. index.Categories.Select(category => (category.Id, category.Name))], "a.json");
        using var regions = new CocoRegions(store, index.TakeAnnotations(entry => classes.TryGet(entry.CategoryId, out _)), classes, options);
        var images = index.Images.Select(entry => entry.Image).ToList();
        var context = new SourceContext(options, bad, folder, DegreeOfParallelism: 1, Storage: null!, Downloads: null!, Progress: null);
        var usable = await CocoVerification.UsableAsync(regions, images, context, "a.json", Cancellation);
        bad.ThrowIfTooMuch();
        using var painted = new CocoRegions(store, usable, classes, options);
        foreach (var image in images.Where(image => (long)image.Width * image.Height < 1_000_000))
            painted.Paint(image);
    }

    // One to three changes: a byte, a stretch gone or doubled, a cut, or a number that is none in place of a digit.
    private static byte[] Damage(byte[] bytes, Random random)
    {
        var damaged = bytes.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && damaged.Count > 1; changes--)
        {
            var at = random.Next(damaged.Count);
            var length = Math.Min(random.Next(1, 12), damaged.Count - at);
            switch (random.Next(6))
            {
                case 0 or 1:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 2:
                    damaged.RemoveRange(at, length);
                    break;
                case 3:
                    damaged.InsertRange(at, damaged.GetRange(at, length));
                    break;
                case 4 when random.Next(4) == 0:
                    damaged.RemoveRange(at, damaged.Count - at);
                    break;
                default:
                    var digit = damaged.FindIndex(at, c => c is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                    {
                        damaged.RemoveAt(digit);
                        damaged.InsertRange(digit, Encoding.UTF8.GetBytes(Hostile[random.Next(Hostile.Length)]));
                    }

                    break;
            }
        }

        return [.. damaged];
    }
}
