namespace Maskwright.Imaging.Tests;

public sealed class OrientationTests
{
    // The corners of what is stored are A B / C D; EXIF says on which side its first row and its first column are seen.
    [Theory]
    [InlineData(Orientation.Upright, "ABCD")]
    [InlineData(Orientation.MirroredHorizontally, "BADC")] // top, right
    [InlineData(Orientation.UpsideDown, "DCBA")] // bottom, right
    [InlineData(Orientation.MirroredVertically, "CDAB")] // bottom, left
    [InlineData(Orientation.Transposed, "ACBD")] // left, top
    [InlineData(Orientation.Clockwise, "CADB")] // right, top
    [InlineData(Orientation.Transversed, "DBCA")] // right, bottom
    [InlineData(Orientation.CounterClockwise, "BDAC")] // left, bottom
    public void The_corners_come_to_where_exif_says(Orientation orientation, string corners)
    {
        const int Width = 3, Height = 2;
        var mask = IndexMask.Empty(Width, Height);
        (mask.Pixels[0], mask.Pixels[2], mask.Pixels[3], mask.Pixels[5]) = ((byte)'A', (byte)'B', (byte)'C', (byte)'D');

        var turned = mask.TurnedUpright(orientation);

        (turned.Width, turned.Height).ShouldBe(orientation.SwapsSides() ? (Height, Width) : (Width, Height));
        var last = turned.Pixels.Length - 1;
        string.Concat(new[] { 0, turned.Width - 1, last - turned.Width + 1, last }.Select(at => (char)turned.Pixels[at])).ShouldBe(corners);
    }

    [Fact]
    public void A_box_is_turned_as_its_mask()
    {
        const int Width = 7, Height = 5;
        var box = new PixelBox(1, 2, 4, 2);
        foreach (var orientation in Enum.GetValues<Orientation>())
        {
            var mask = new IndexMask(Width, Height, [.. Enumerable.Range(0, Width * Height).Select(i => (byte)(Contains(box, i % Width, i / Width) ? 1 : 0))]);
            var (turned, moved) = (mask.TurnedUpright(orientation), box.TurnedUpright(orientation, Width, Height));
            for (var i = 0; i < turned.Pixels.Length; i++)
                turned.Pixels[i].ShouldBe((byte)(Contains(moved, i % turned.Width, i / turned.Width) ? 1 : 0), $"{orientation}, pixel {i}");
        }

        static bool Contains(PixelBox box, int x, int y) => x >= box.X && x < box.X + box.Width && y >= box.Y && y < box.Y + box.Height;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_decoded_picture_is_turned_as_its_mask(int exif)
    {
        // Blocks of 8 pixels keep their colour in a JPEG.
        var stored = new RgbImage(24, 16, [.. Enumerable.Range(0, 24 * 16).SelectMany(i => Enumerable.Repeat((byte)(40 * (i % 24 / 8 + 3 * (i / 24 / 8))), 3))]);
        var mask = new IndexMask(24, 16, [.. Enumerable.Range(0, 24 * 16).Select(i => (byte)(i % 24 / 8 + 3 * (i / 24 / 8)))]);

        var decoded = ImageCodec.Decode(WithOrientation(ImageCodec.EncodeJpeg(stored, 100), exif), "a.jpg");

        var turned = mask.TurnedUpright((Orientation)exif);
        (decoded.Width, decoded.Height).ShouldBe((turned.Width, turned.Height));
        for (var i = 0; i < turned.Pixels.Length; i++)
        {
            ((int)decoded.Pixels[3 * i]).ShouldBeInRange(40 * turned.Pixels[i] - 3, 40 * turned.Pixels[i] + 3);
        }
    }

    // An APP1 segment with the one tag 0x0112, right behind the start of image.
    private static byte[] WithOrientation(byte[] jpeg, int exif) =>
        [.. jpeg[..2], 0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"u8, (byte)exif, 0, 0, 0, 0, 0, 0, .. jpeg[2..]];
}
