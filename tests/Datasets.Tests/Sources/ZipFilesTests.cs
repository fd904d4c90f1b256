using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Maskwright.Datasets.Tests;

public sealed class ZipFilesTests : IDisposable
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n")));
    private static readonly byte[] Noise = RandomNumberGenerator.GetBytes(100_000);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Path => _folder["a.zip"];

    [Fact]
    public async Task Files_are_read_whole_and_as_streams_by_many_at_once()
    {
        Write(("val2014/a.jpg", Noise, CompressionLevel.NoCompression), ("annotations/instances_val2014.json", Text, CompressionLevel.Optimal), ("ö.txt", Text, CompressionLevel.Fastest), ("empty", [], CompressionLevel.Optimal));
        await using var files = new ZipFiles(Path);
        files.FoldersIn("").Order().ShouldBe(["annotations", "val2014"]);
        files.FilesIn("val2014").ShouldBe(["a.jpg"]);
        files.FilesIn("").Order(StringComparer.Ordinal).ShouldBe(["empty", "ö.txt"]);
        files.Length("val2014/a.jpg").ShouldBe(Noise.Length);
        (await BytesAsync(files, "empty", Cancellation)).ShouldBeEmpty();
        await Parallel.ForAsync(0, 50, Cancellation, async (i, token) =>
        {
            (await BytesAsync(files, "val2014/a.jpg", token)).ShouldBe(Noise);
            await using var stream = await files.OpenAsync("annotations/instances_val2014.json", token);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, token);
            copy.ToArray().ShouldBe(Text);
        });
    }

    [Fact]
    public async Task More_entries_than_sixteen_bits_count_are_read()
    {
        const int count = 70_000;
        using (var zip = ZipFile.Open(Path, ZipArchiveMode.Create))
            for (var i = 0; i < count; i++)
                await using (var entry = await zip.CreateEntry($"d/{i}", CompressionLevel.NoCompression).OpenAsync(Cancellation))
                    entry.WriteByte((byte)i);
        await using var files = new ZipFiles(Path);
        files.FilesIn("d").Count().ShouldBe(count);
        (await BytesAsync(files, $"d/{count - 1}", Cancellation)).ShouldBe([unchecked((byte)(count - 1))]);
    }

    [Fact]
    public async Task Names_that_lead_out_are_not_there()
    {
        Write(("../evil", Text, CompressionLevel.Fastest), ("/etc/passwd", Text, CompressionLevel.Fastest), ("a\\..\\b", Text, CompressionLevel.Fastest), ("good", Text, CompressionLevel.Fastest));
        await using var files = new ZipFiles(Path);
        files.FilesIn("").ShouldBe(["good"]);
        foreach (var name in (string[])["../evil", "/etc/passwd", "a\\..\\b"])
        {
            files.Contains(name).ShouldBeFalse();
            await Should.ThrowAsync<ImageProblemException>(() => files.ReadAsync(name, Cancellation));
        }
    }

    [Fact]
    public async Task A_bomb_gives_no_more_than_the_zip_states()
    {
        Write(("bomb", new byte[50_000_000], CompressionLevel.SmallestSize));
        var bytes = await File.ReadAllBytesAsync(Path, Cancellation);
        // The directory's entry states 1,000 bytes instead.
        var directory = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(directory + 24), 1000).ShouldBeTrue();
        await File.WriteAllBytesAsync(Path, bytes, Cancellation);
        await using var files = new ZipFiles(Path);
        (await Should.ThrowAsync<ImageProblemException>(() => files.ReadAsync("bomb", Cancellation))).Message.ShouldContain("not the one the zip states");
    }

    [Fact]
    public async Task A_file_above_the_limit_is_refused_before_it_is_inflated()
    {
        Write(("large", new byte[65 << 20], CompressionLevel.Fastest));
        await using var files = new ZipFiles(Path);
        (await Should.ThrowAsync<ImageProblemException>(() => files.ReadAsync("large", Cancellation))).Message.ShouldContain("at most 67108864 are taken");
    }

    [Fact]
    public async Task A_damaged_file_is_named()
    {
        Write(("a", Noise, CompressionLevel.NoCompression), ("b", Text, CompressionLevel.Optimal));
        var bytes = await File.ReadAllBytesAsync(Path, Cancellation);
        bytes[1000] ^= 1;
        await File.WriteAllBytesAsync(Path, bytes, Cancellation);
        await using var files = new ZipFiles(Path);
        (await Should.ThrowAsync<ImageProblemException>(() => files.ReadAsync("a", Cancellation))).Message.ShouldContain("damaged");
        (await BytesAsync(files, "b", Cancellation)).ShouldBe(Text);
    }

    [Fact]
    public async Task Any_damage_to_the_directory_gives_a_named_error_or_a_reading()
    {
        Write(("a", Noise[..500], CompressionLevel.NoCompression), ("b/c", Text, CompressionLevel.Optimal));
        var bytes = await File.ReadAllBytesAsync(Path, Cancellation);
        var directory = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        var random = new Random(1);
        for (var round = 0; round < 500; round++)
        {
            var damaged = (byte[])bytes.Clone();
            for (var changes = 0; changes < 3; changes++)
                damaged[random.Next(directory, damaged.Length)] = (byte)random.Next(256);
            await File.WriteAllBytesAsync(Path, round % 3 == 0 ? damaged[..random.Next(damaged.Length)] : damaged, Cancellation);
            try
            {
                await new ZipFiles(Path).DisposeAsync();
            }
            catch (DatasetException error)
            {
                error.Kind.ShouldBe(DatasetFailure.BadSource);
            }
        }
    }

    [Fact]
    public void A_name_that_occurs_twice_is_refused()
    {
        Write(("a", Text, CompressionLevel.Fastest), ("a", Noise, CompressionLevel.Fastest));
        Should.Throw<DatasetException>(() => new ZipFiles(Path)).Message.ShouldContain("holds 'a' twice");
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<byte[]> BytesAsync(ZipFiles files, string name, CancellationToken cancellationToken)
    {
        using var bytes = await files.ReadAsync(name, cancellationToken);
        return bytes.Span.ToArray();
    }

    private void Write(params (string Name, byte[] Content, CompressionLevel Level)[] entries)
    {
        using var zip = ZipFile.Open(Path, ZipArchiveMode.Create);
        foreach (var (name, content, level) in entries)
        {
            using var stream = zip.CreateEntry(name, level).Open();
            stream.Write(content);
        }
    }
}
