using System.Text;
using FsCheck.Xunit;

namespace Maskwright.Imaging.Tests;

/// <summary>Whatever bytes come in, either a value or the one documented exception comes out.</summary>
public sealed class DamagedInputTests
{
    private static readonly byte[] Jpeg = ImageCodec.EncodeJpeg(Pictures.Formula(40, 24), 80);
    private static readonly byte[] Png = ImageCodec.EncodePng(Pictures.Formula(40, 24));
    private static readonly byte[] Mask = PalettePng.Encode(new IndexMask(5, 5, [.. Enumerable.Range(0, 25).Select(i => (byte)i)]), Palette.Default);

    private static readonly byte[] Coco = Encoding.UTF8.GetBytes("""
        {"info":{"description":"d"},"licenses":[{"id":2,"name":"BY","url":"u"}],
        "images":[{"id":1,"file_name":"a.jpg","width":6,"height":6,"license":2}],"categories":[{"id":3,"name":"car"}],
        "annotations":[{"id":5,"image_id":1,"category_id":3,"iscrowd":0,"area":9,"segmentation":[[1,1,4,1,4,4,1,4]]},
        {"id":6,"image_id":1,"category_id":3,"iscrowd":1,"segmentation":{"size":[6,6],"counts":[6,30]}},
        {"id":7,"image_id":1,"category_id":3,"segmentation":{"size":[6,6],"counts":"733000;"}}]}
        """);

    [Property(MaxTest = 400)]
    public bool A_damaged_picture_is_decoded_or_refused(bool jpeg, (ushort At, byte Value)[] changes) =>
        Allows<ImageFormatException>(() => ImageCodec.DecodeScaled(Damaged(jpeg ? Jpeg : Png, changes), 16, 16, "a"));

    [Property(MaxTest = 400)]
    public bool A_damaged_mask_is_decoded_or_refused((ushort At, byte Value)[] changes) =>
        Allows<ImageFormatException>(() => PalettePng.Decode(Damaged(Mask, changes), "a"));

    [Property(MaxTest = 1000)]
    public async Task<bool> A_damaged_annotation_file_is_read_or_refused((ushort At, byte Value)[] changes)
    {
        try
        {
            await CocoInstances.ReadAsync(new MemoryStream(Damaged(Coco, changes)), "a", TestContext.Current.CancellationToken);
        }
        catch (CocoFormatException)
        {
            return true;
        }

        return true;
    }

    private static bool Allows<TException>(Action action)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException)
        {
            return true;
        }

        return true;
    }

    private static byte[] Damaged(byte[] bytes, (ushort At, byte Value)[] changes)
    {
        var damaged = (byte[])bytes.Clone();
        foreach (var (at, value) in changes)
        {
            damaged[at % damaged.Length] = value;
        }

        return damaged;
    }
}
