using FsCheck.Xunit;

namespace Maskwright.Imaging.Tests;

public sealed class JpegCheckTests
{
    [Theory]
    [InlineData(640, 480)]
    [InlineData(613, 371)]
    [InlineData(300, 1000)]
    public void Sums_are_those_of_the_decoded_pixels(int width, int height)
    {
        var jpeg = ImageCodec.EncodeJpeg(Pictures.Smooth(width, height), 95);
        ShouldAgree(Check(jpeg, "a.jpg").ShouldNotBeNull(), ChannelSums.Of(ImageCodec.Decode(jpeg, "a.jpg")), 0.01);
    }

    [Fact]
    public void Pictures_with_restart_markers_have_sums_other_kinds_take_decoding()
    {
        var sums = Check(EncodedPictures.Restarting, "r.jpg").ShouldNotBeNull();
        var decoded = ChannelSums.Of(ImageCodec.Decode(EncodedPictures.Restarting, "r.jpg"));
        foreach (var (mean, expected) in sums.Mean().Zip(decoded.Mean()))
        {
            mean.ShouldBe(expected, 0.02);
        }

        Check(EncodedPictures.Progressive, "p.jpg").ShouldBeNull();
        Check(EncodedPictures.Cmyk, "c.jpg").ShouldBeNull();
    }

    [Fact]
    public async Task Real_pictures_are_whole_and_have_the_sums_of_their_pixels()
    {
        var folder = Path.Combine(CocoMini.FolderOrSkip(), "images");
        var (ours, decoded) = (ChannelSums.Zero, ChannelSums.Zero);
        foreach (var (path, i) in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select((path, i) => (path, i)))
        {
            var jpeg = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            var sums = Check(jpeg, path).ShouldNotBeNull();
            if (i % 20 == 0)
            {
                (ours, decoded) = (ours.Add(sums), decoded.Add(ChannelSums.Of(ImageCodec.Decode(jpeg, path))));
            }
        }

        ShouldAgree(ours, decoded, 0.01);
    }

    [Fact]
    public void Damage_in_the_middle_that_the_decoder_repairs_silently_is_found()
    {
        foreach (var whole in (byte[][])[ImageCodec.EncodeJpeg(Pictures.Formula(160, 120), 90), EncodedPictures.Progressive, EncodedPictures.Restarting])
        {
            Check(whole, "whole.jpg");
            var data = whole.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]) + 14;
            var damaged = (byte[])whole.Clone();
            damaged.AsSpan(data, Math.Min(60, (whole.Length - data) / 2)).Clear();
            Should.Throw<ImageFormatException>(() => Check(damaged, "damaged.jpg")).Message.ShouldStartWith("damaged.jpg: the picture's data is damaged");
        }
    }

    [Fact]
    public void Cut_off_anywhere_it_is_refused()
    {
        foreach (var whole in (byte[][])[ImageCodec.EncodeJpeg(Pictures.Formula(40, 24), 80), EncodedPictures.Progressive, EncodedPictures.Restarting, EncodedPictures.Cmyk])
        {
            for (var length = 0; length < whole.Length; length++)
            {
                Should.Throw<ImageFormatException>(() => Check(whole.AsSpan(0, length), "a.jpg"), $"{length} of {whole.Length} bytes");
            }
        }
    }

    [Fact]
    public void A_missing_or_repeated_stretch_of_restarts_is_found()
    {
        var whole = EncodedPictures.Restarting;
        var second = whole.AsSpan().IndexOf([(byte)0xFF, (byte)0xD1]);
        var third = whole.AsSpan().IndexOf([(byte)0xFF, (byte)0xD2]);
        Should.Throw<ImageFormatException>(() => Check([.. whole[..second], .. whole[third..]], "a.jpg")).Message.ShouldContain("restart marker");
        Should.Throw<ImageFormatException>(() => Check([.. whole[..third], .. whole[second..]], "a.jpg")).Message.ShouldContain("restart marker");
    }

    [Fact]
    public void Scans_without_end_are_refused()
    {
        var whole = EncodedPictures.Progressive;
        // The second scan, the first of coefficients of one component, with its table.
        var first = whole.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);
        var start = first + 2 + whole.AsSpan(first + 2).IndexOf([(byte)0xFF, (byte)0xC4]);
        var end = start + 2 + whole.AsSpan(start + 2).IndexOf([(byte)0xFF, (byte)0xC4]);
        byte[] bomb = [.. whole[..start], .. Enumerable.Repeat(whole[start..end], 1000).SelectMany(scan => scan), .. whole[end..]];
        Should.Throw<ImageFormatException>(() => Check(bomb, "bomb.jpg")).Message.ShouldContain("more than 100 scans");
    }

    [Fact]
    public void A_few_bytes_that_encoders_leave_behind_are_no_damage()
    {
        var whole = ImageCodec.EncodeJpeg(Pictures.Formula(40, 24), 80);
        Check([.. whole[..^2], 0x12, 0x34, .. whole[^2..], .. "trailer"u8], "a.jpg").ShouldBe(Check(whole, "a.jpg"));
    }

    [Fact]
    public void A_check_ends_before_the_next_scan_when_it_is_cancelled() =>
        Should.Throw<OperationCanceledException>(() => JpegCheck.Run(EncodedPictures.Progressive, "a.jpg", new CancellationToken(canceled: true)));

    [Property(MaxTest = 1000)]
    public bool What_it_takes_the_decoder_takes_too(byte kind, (ushort At, byte Value)[] changes)
    {
        byte[][] kinds = [ImageCodec.EncodeJpeg(Pictures.Formula(40, 24), 80), EncodedPictures.Progressive, EncodedPictures.Restarting, EncodedPictures.Cmyk];
        var damaged = (byte[])kinds[kind % kinds.Length].Clone();
        foreach (var (at, value) in changes)
        {
            damaged[at % damaged.Length] = value;
        }

        try
        {
            _ = ImageCodec.ReadHeader(damaged, "a.jpg");
            if (Check(damaged, "a.jpg") is not { } sums)
            {
                return true;
            }

            return ImageCodec.Decode(damaged, "a.jpg") is { } decoded && sums.Pixels == (long)decoded.Width * decoded.Height;
        }
        catch (ImageFormatException error)
        {
            return error.StackTrace!.Contains(nameof(JpegCheck), StringComparison.Ordinal) || error.StackTrace.Contains(nameof(ImageCodec.ReadHeader), StringComparison.Ordinal);
        }
    }

    private static ChannelSums? Check(ReadOnlySpan<byte> jpeg, string name) => JpegCheck.Run(jpeg, name, TestContext.Current.CancellationToken);

    private static void ShouldAgree(ChannelSums ours, ChannelSums decoded, double tolerance)
    {
        ours.Pixels.ShouldBe(decoded.Pixels);
        foreach (var (a, b) in ours.Mean().Zip(decoded.Mean()).Concat(ours.Deviation().Zip(decoded.Deviation())))
        {
            a.ShouldBe(b, tolerance);
        }
    }
}
