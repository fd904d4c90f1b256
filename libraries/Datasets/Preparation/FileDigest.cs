using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Maskwright.Datasets;

/// <summary>A SHA-256 as 32 bytes in place: as a string, five times as many lie on the heap for each image.</summary>
/// <param name="First">Its first half, by which digests are in the order of their text.</param>
/// <param name="Second">Its second half.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileDigest(UInt128 First, UInt128 Second)
{
    private const int Half = SHA256.HashSizeInBytes / 2;

    /// <summary>Of a file.</summary>
    /// <param name="bytes">Its bytes.</param>
    public static FileDigest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return new FileDigest(BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[Half..]));
    }

    /// <summary>Lower-case hex, 64 characters.</summary>
    public override string ToString() => string.Create(null, stackalloc char[2 * SHA256.HashSizeInBytes], $"{First:x32}{Second:x32}");
}
