using System.Diagnostics;
using System.Text;
using FsCheck.Xunit;
using Maskwright.Testing;

namespace Maskwright.Artifacts.Tests;

public sealed class ShardTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Property(MaxTest = 50)]
    public bool Samples_come_back_as_they_were_written(byte[][] contents)
    {
        var (tar, index) = WriteAsync(contents).GetAwaiter().GetResult();
        var samples = ShardReader.ReadAsync(new MemoryStream(tar), index, "shard", CancellationToken.None).ToListAsync().AsTask().GetAwaiter().GetResult();
        return samples.Select(s => s["jpg"].ToArray()).Zip(contents).All(p => p.First.AsSpan().SequenceEqual(p.Second))
            && samples.Count == contents.Length
            && index.Samples.SelectMany(s => s.Files).All(f => Digest.OfBytes(tar.AsSpan((int)f.Offset, (int)f.Length)) == f.Sha256)
            && index.Size == tar.Length && index.Sha256 == Digest.OfBytes(tar);
    }

    [Fact]
    public async Task Equal_samples_give_equal_bytes_and_an_index_that_reads_back()
    {
        var (first, index) = await WriteAsync([[1, 2, 3], [], new byte[513]]);
        var (second, _) = await WriteAsync([[1, 2, 3], [], new byte[513]]);
        second.ShouldBe(first);
        // A golden digest: the form must not change under datasets that exist.
        index.Sha256.ShouldBe("0fcae204be46734b5ded49e081882dfbd247914f7b732f0c738377054d24f865");
        var json = await JsonAsync(index);
        json.ShouldBe(CanonicalJson.Serialize(index, ShardJson.Default.ShardIndex));
        var read = ShardIndex.Parse(json, "index");
        (await JsonAsync(read)).ShouldBe(json);
        read.Samples[0].Classes.ShouldBe([0, 5]);
    }

    private static async Task<byte[]> JsonAsync(ShardIndex index)
    {
        using var json = new MemoryStream();
        await index.WriteAsync(json, Ct);
        return json.ToArray();
    }

    [Fact]
    public async Task Tar_lists_a_shard_and_takes_it_apart()
    {
        if (!File.Exists("/usr/bin/tar") && !File.Exists("/bin/tar"))
            Assert.Skip("the program tar is not installed");
        var folder = Directory.CreateTempSubdirectory("maskwright-tar-").FullName;
        try
        {
            var (tar, _) = await WriteAsync(["one"u8.ToArray(), "two"u8.ToArray()]);
            await File.WriteAllBytesAsync(Path.Combine(folder, "shard.tar"), tar, Ct);
            (await TarAsync(folder, "-tf", "shard.tar")).ShouldBe("s0.jpg\ns0.json\ns1.jpg\ns1.json\n");
            await TarAsync(folder, "-xf", "shard.tar");
            (await File.ReadAllTextAsync(Path.Combine(folder, "s1.jpg"), Ct)).ShouldBe("two");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Python_finds_every_file_where_the_index_says_and_as_it_was_written()
    {
        if (!File.Exists("/usr/bin/python3"))
            Assert.Skip("the program /usr/bin/python3 is not installed");
        var folder = Directory.CreateTempSubdirectory("maskwright-python-").FullName;
        try
        {
            var (tar, index) = await WriteAsync(["one"u8.ToArray(), [], new byte[100_000]]);
            await File.WriteAllBytesAsync(Path.Combine(folder, "shard.tar"), tar, Ct);
            const string Script = """
                import hashlib, tarfile
                with tarfile.open("shard.tar", "r:") as shard:
                    for file in shard:
                        digest = hashlib.sha256(shard.extractfile(file).read()).hexdigest()
                        print(file.name, file.offset_data, file.size, digest, file.isreg(), file.mtime, file.uid, oct(file.mode))
                """;
            (await RunAsync("/usr/bin/python3", folder, "-c", Script)).ShouldBe(string.Concat(
                from sample in index.Samples
                from file in sample.Files
                select $"{sample.Key}.{file.Extension} {file.Offset} {file.Length} {file.Sha256} True 0 0 0o644\n"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Any_file_of_a_stored_shard_is_read_by_range_and_checked()
    {
        await using var server = new StoreServer();
        await server.StartAsync();
        using var storage = await server.OpenAsync();
        var (tar, index) = await WriteAsync(["one"u8.ToArray(), "two"u8.ToArray()]);
        await storage.PutAsync("d/shard.tar", tar, "application/x-tar", Ct);
        var file = index.Samples[1].Files[0];
        (await ShardReader.ReadFileAsync(storage, "d/shard.tar", file, Ct)).ShouldBe("two"u8.ToArray());
        (await Should.ThrowAsync<ArtifactException>(() => ShardReader.ReadFileAsync(storage, "d/shard.tar", file with { Offset = file.Offset + 1 }, Ct))).Message.ShouldContain("d/shard.tar");

        var sample = await ShardReader.ReadSampleAsync(storage, "d/shard.tar", index.Samples[1], Ct);
        sample.Key.ShouldBe("s1");
        sample["jpg"].ToArray().ShouldBe("two"u8.ToArray());
        sample["json"].ToArray().ShouldBe("{}"u8.ToArray());
        var moved = index.Samples[1] with { Files = [.. index.Samples[1].Files.Select(f => f with { Offset = f.Offset - 512 })] };
        (await Should.ThrowAsync<ArtifactException>(() => ShardReader.ReadSampleAsync(storage, "d/shard.tar", moved, Ct))).Message.ShouldContain("s1.jpg");

        await using var stream = await storage.OpenReadAsync("d/shard.tar", Ct);
        (await ShardReader.ReadAsync(stream, index, "d/shard.tar", Ct).CountAsync(Ct)).ShouldBe(2);
    }

    [Fact]
    public async Task Damage_anywhere_in_a_shard_is_found_and_named()
    {
        var (tar, index) = await WriteAsync(["one"u8.ToArray(), "two"u8.ToArray()]);
        var damages = new Func<byte[]>[]
        {
            () => [.. tar[..512], (byte)'X', .. tar[513..]],
            () => tar[..1500],
            () => tar[..2048].Concat(new byte[1024]).ToArray(),
            () => [.. "not a tar file"u8],
            () => [],
        };
        foreach (var damage in damages)
        {
            var error = await Should.ThrowAsync<ArtifactException>(async () => await ShardReader.ReadAsync(new MemoryStream(damage()), index, "the-shard", Ct).ToListAsync(Ct));
            error.Message.ShouldContain("the-shard");
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"version\":2,\"size\":1,\"sha256\":\"\",\"samples\":[]}")]
    [InlineData("{\"version\":1,\"size\":10,\"sha256\":\"\",\"samples\":[{\"key\":\"k\",\"classes\":[],\"files\":[{\"extension\":\"jpg\",\"offset\":5,\"length\":6,\"sha256\":\"\"}]}]}")]
    [InlineData("{\"version\":1,\"size\":10,\"sha256\":\"\",\"samples\":[{\"key\":\"k\",\"classes\":[],\"files\":null}]}")]
    [InlineData("{\"version\":1,\"size\":10,\"sha256\":\"\",\"samples\":[null]}")]
    [InlineData("{\"version\":1,\"size\":10,\"sha256\":\"\",\"samples\":[{\"key\":\"k\",\"classes\":[],\"files\":[{\"extension\":\"jpg\",\"offset\":9223372036854775807,\"length\":1,\"sha256\":\"\"}]}]}")]
    public void What_is_no_index_is_refused(string json) =>
        Should.Throw<ArtifactException>(() => ShardIndex.Parse(Encoding.UTF8.GetBytes(json), "the-index")).Message.ShouldContain("the-index");

    [Fact]
    public async Task Names_that_a_tar_reader_would_take_apart_wrongly_are_refused()
    {
        await using var writer = new ShardWriter(new MemoryStream());
        ShardFile[] files = [new("jpg", new byte[1])];
        await writer.AddAsync("k", [], files, Ct);
        foreach (var key in new[] { "", "a.b", "a/b", "..", "k", "ü", new string('x', 97) })
            await Should.ThrowAsync<ArgumentException>(() => writer.AddAsync(key, [], files, Ct));
        await Should.ThrowAsync<ArgumentException>(() => writer.AddAsync("n", [], [], Ct));
        await Should.ThrowAsync<ArgumentException>(() => writer.AddAsync("n", [], [files[0], files[0]], Ct));
        writer.Count.ShouldBe(1);
    }

    private static async Task<(byte[] Tar, ShardIndex Index)> WriteAsync(byte[][] contents)
    {
        using var stream = new MemoryStream();
        await using var writer = new ShardWriter(stream);
        for (var i = 0; i < contents.Length; i++)
            await writer.AddAsync($"s{i}", [5, 0, 5], [new("jpg", contents[i]), new("json", "{}"u8.ToArray())]);
        var index = await writer.CompleteAsync();
        return (stream.ToArray(), index);
    }

    private static Task<string> TarAsync(string folder, params string[] arguments) => RunAsync("tar", folder, arguments);

    private static async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        process.ExitCode.ShouldBe(0);
        return output;
    }
}
