using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Maskwright.Imaging.Tests;

/// <summary>Masks of real annotations, to the pixel those of the COCO API's own maskApi.c.</summary>
public sealed class GoldenAnnotationsTests
{
    public static TheoryData<long> Ids => [.. Goldens.EnumerateArray().Select(golden => golden.GetProperty("id").GetInt64())];

    private static JsonElement Goldens { get; } = JsonDocument.Parse(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Goldens", "coco-annotations.json"))).RootElement.GetProperty("annotations");

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_real_annotation_gives_the_golden_mask(long id)
    {
        var annotation = Goldens.EnumerateArray().Single(golden => golden.GetProperty("id").GetInt64() == id);
        var (height, width) = (annotation.GetProperty("height").GetInt32(), annotation.GetProperty("width").GetInt32());
        var golden = annotation.GetProperty("golden");
        var rle = Rle.FromSegmentation(Segmentation(annotation), height, width);

        rle.ToString().ShouldBe(golden.GetProperty("counts").GetString());
        rle.Area.ShouldBe(golden.GetProperty("pixels").GetInt64());
        rle.Bounds().ShouldBe(Box(golden.GetProperty("box")));
        Rle.FromString(height, width, golden.GetProperty("counts").GetString()!).Counts.ToArray().ShouldBe(rle.Counts.ToArray());
    }

    [Fact]
    public void Pixels_of_real_run_lengths_are_as_many_as_coco_states_where_it_states_pixels()
    {
        var crowds = Goldens.EnumerateArray().Where(golden => golden.GetProperty("isCrowd").GetBoolean()).ToList();
        var agreeing = crowds.Count(crowd =>
            Rle.FromSegmentation(Segmentation(crowd), crowd.GetProperty("height").GetInt32(), crowd.GetProperty("width").GetInt32()).Area == crowd.GetProperty("area").GetInt64());
        // COCO's area of the other crowds is that of the polygons they were drawn with.
        (agreeing, crowds.Count).ShouldBe((5, 8));
    }

    [Fact]
    public async Task All_run_lengths_of_coco_mini_give_the_golden_strings_of_maskApi()
    {
        var coco = await CocoMini.ReadOrSkipAsync(TestContext.Current.CancellationToken);
        var images = coco.Images.ToDictionary(image => image.Id);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (count, pixels, agreeing) = (0, 0L, 0);
        foreach (var annotation in coco.Annotations.Where(a => a.Segmentation is CocoSegmentation.UncompressedRle))
        {
            var rle = Rle.FromSegmentation(annotation.Segmentation, images[annotation.ImageId].Height, images[annotation.ImageId].Width);
            hash.AppendData(Encoding.ASCII.GetBytes(rle + "\n"));
            count++;
            pixels += rle.Area;
            agreeing += rle.Area == annotation.Area ? 1 : 0;
        }

        (count, pixels, agreeing).ShouldBe((91, 1_414_862, 12));
        Convert.ToHexStringLower(hash.GetHashAndReset()).ShouldBe("a789e887168600849b41afcecf6bfb317b63504f036e9692bc0db5cc368d56d8");
    }

    private static CocoSegmentation Segmentation(JsonElement annotation)
    {
        var written = annotation.GetProperty("segmentation");
        return written.ValueKind == JsonValueKind.Array
            ? new CocoSegmentation.Polygons([.. written.EnumerateArray().Select(part => part.Deserialize<double[]>()!)])
            : new CocoSegmentation.UncompressedRle(
                written.GetProperty("size")[0].GetInt32(), written.GetProperty("size")[1].GetInt32(), written.GetProperty("counts").Deserialize<uint[]>()!);
    }

    private static PixelBox Box(JsonElement box) => new(box[0].GetInt32(), box[1].GetInt32(), box[2].GetInt32(), box[3].GetInt32());
}
