using FsCheck.Xunit;

namespace Maskwright.Artifacts.Tests;

public sealed class VerifiedStreamTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Property(MaxTest = 50)]
    public bool The_right_bytes_pass(byte[] bytes, byte pieces) => ReadAsync(bytes, Entry(bytes), pieces + 1).GetAwaiter().GetResult().AsSpan().SequenceEqual(bytes);

    [Fact]
    public async Task Another_byte_one_too_few_and_one_too_many_are_refused_by_name()
    {
        var entry = Entry("content"u8.ToArray());
        foreach (var wrong in new[] { "contenT"u8.ToArray(), "conten"u8.ToArray(), "content!"u8.ToArray(), [] })
            (await Should.ThrowAsync<ArtifactException>(() => ReadAsync(wrong, entry, 3))).Artifact.ShouldBe("the/key");
    }

    [Fact]
    public async Task After_the_end_there_is_the_end()
    {
        await using var stream = new VerifiedStream(new MemoryStream("x"u8.ToArray()), Entry("x"u8.ToArray()));
        var buffer = new byte[8];
        (await stream.ReadAsync(buffer, Ct)).ShouldBe(1);
        (await stream.ReadAsync(buffer, Ct)).ShouldBe(0);
        (await stream.ReadAsync(buffer, Ct)).ShouldBe(0);
        (stream.Position, stream.Length).ShouldBe((1, 1));
    }

    private static ArtifactEntry Entry(byte[] bytes) => new("the/key", bytes.Length, Digest.OfBytes(bytes));

    private static async Task<byte[]> ReadAsync(byte[] bytes, ArtifactEntry entry, int pieces)
    {
        using var copy = new MemoryStream();
        await using var stream = new VerifiedStream(new MemoryStream(bytes), entry);
        await stream.CopyToAsync(copy, pieces, CancellationToken.None);
        return copy.ToArray();
    }
}
