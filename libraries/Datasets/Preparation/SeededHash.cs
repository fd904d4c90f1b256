using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Maskwright.Datasets;

/// <summary>A number that depends on a seed, a purpose and a name, and on nothing else: not on order, neighbours or machine.</summary>
internal static class SeededHash
{
    /// <summary>The first 64 bits of a SHA-256.</summary>
    public static ulong Of(ulong seed, string purpose, string name) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{purpose}/{name}")));
}
