using FsCheck.Xunit;

namespace Maskwright.Datasets.Tests;

public sealed class FileDigestTests
{
    [Property]
    public bool A_digest_is_the_one_that_manifests_name_and_equal_for_equal_bytes(byte[] bytes) =>
        FileDigest.Of(bytes).ToString() == Artifacts.Digest.OfBytes(bytes) && FileDigest.Of(bytes) == FileDigest.Of([.. bytes]);

    [Fact]
    public void A_digest_that_begins_with_zeros_keeps_them() =>
        new FileDigest(1, 0xA).ToString().ShouldBe("00000000000000000000000000000001" + "0000000000000000000000000000000a");
}
