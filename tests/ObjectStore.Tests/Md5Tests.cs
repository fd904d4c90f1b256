using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using FsCheck.Xunit;

namespace Maskwright.ObjectStore.Tests;

#pragma warning disable CA5351 // What is tested is MD5.

public sealed class Md5Tests
{
    // RFC 1321, A.5.
    [Theory]
    [InlineData("", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("a", "0cc175b9c0f1b6a831c399e269772661")]
    [InlineData("abc", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("message digest", "f96b697d7cb7938d525a2f31aaf161d0")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a")]
    public void The_digests_are_those_of_the_specification(string text, string digest)
    {
        var md5 = new RunningMd5(new Md5Lanes());
        md5.Append(Encoding.ASCII.GetBytes(text));
        Convert.ToHexStringLower(md5.Finish()).ShouldBe(digest);
    }

    [Fact]
    public void Every_length_around_the_ends_of_blocks_has_its_digest()
    {
        var bytes = Bytes(1, 300);
        for (var length = 0; length <= bytes.Length; length++)
        {
            var md5 = new RunningMd5(new Md5Lanes());
            md5.Append(bytes.AsSpan(0, length));
            md5.Finish().ShouldBe(MD5.HashData(bytes.AsSpan(0, length)));
        }
    }

    [Property(MaxTest = 200)]
    public async Task Any_pieces_of_any_number_of_digests_at_once_give_the_digest_of_their_bytes(ushort[][] cuts)
    {
        var lanes = new Md5Lanes();
        await Task.WhenAll(cuts.Select((pieces, seed) => Task.Run(async () =>
        {
            var md5 = new RunningMd5(lanes);
            var bytes = Bytes((ulong)seed, pieces.Sum(piece => piece));
            var done = 0;
            foreach (var piece in pieces)
            {
                if (piece % 3 == 0)
                    md5.Append(bytes.AsSpan(done, piece));
                else
                    await md5.AppendAsync(bytes.AsMemory(done, piece));
                done += piece;
            }

            md5.Finish().ShouldBe(MD5.HashData(bytes));
        })));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(40)]
    public async Task Long_digests_side_by_side_are_each_their_own(int digests)
    {
        var lanes = new Md5Lanes();
        await Task.WhenAll(Enumerable.Range(0, digests).Select(async i =>
        {
            var md5 = new RunningMd5(lanes);
            // Lengths differ, so that lanes come free at different times.
            var bytes = Bytes((ulong)i, 300_000 + (i * 10_007));
            for (var done = 0; done < bytes.Length; done += 65_536)
                await md5.AppendAsync(bytes.AsMemory(done, Math.Min(65_536, bytes.Length - done)));
            md5.Finish().ShouldBe(MD5.HashData(bytes));
        }));
    }

    [Fact]
    public void Each_lane_is_the_digest_of_its_blocks()
    {
        Assert.SkipUnless(Md5Rounds.HasLanes, "The processor has no vectors of 256 bits.");
        var bytes = GC.AllocateArray<byte>(Md5Rounds.Lanes * 4 * Md5Rounds.BlockBytes, pinned: true);
        new DeterministicBytes(7).Fill(bytes);
        var states = new Vector256<uint>[4];
        var plain = new uint[Md5Rounds.Lanes][];
        for (var lane = 0; lane < Md5Rounds.Lanes; lane++)
        {
            // A state of its own for each.
            plain[lane] = Md5Rounds.NewState();
            Md5Rounds.Append(plain[lane], Bytes((ulong)lane, Md5Rounds.BlockBytes));
            for (var word = 0; word < states.Length; word++)
                states[word] = states[word].WithElement(lane, plain[lane][word]);
        }

        Md5Rounds.Append(states, [.. Enumerable.Range(0, Md5Rounds.Lanes).Select(lane => Marshal.UnsafeAddrOfPinnedArrayElement(bytes, lane * 4 * Md5Rounds.BlockBytes))], 4);
        for (var lane = 0; lane < Md5Rounds.Lanes; lane++)
        {
            Md5Rounds.Append(plain[lane], bytes.AsSpan(lane * 4 * Md5Rounds.BlockBytes, 4 * Md5Rounds.BlockBytes));
            states.Select(word => word[lane]).ShouldBe(plain[lane]);
        }
    }

    private static byte[] Bytes(ulong seed, int length)
    {
        var bytes = new byte[length];
        new DeterministicBytes(seed).Fill(bytes);
        return bytes;
    }
}
