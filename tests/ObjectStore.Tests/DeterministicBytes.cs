using System.Buffers.Binary;

namespace Maskwright.ObjectStore.Tests;

/// <summary>Bytes that look random and are the same every time (SplitMix64).</summary>
internal sealed class DeterministicBytes(ulong seed)
{
    private ulong _state = seed;

    internal void Fill(Span<byte> bytes)
    {
        Span<byte> word = stackalloc byte[8];
        for (var i = 0; i < bytes.Length; i += 8)
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            BinaryPrimitives.WriteUInt64LittleEndian(word, z ^ (z >> 31));
            word[..Math.Min(8, bytes.Length - i)].CopyTo(bytes[i..]);
        }
    }
}
