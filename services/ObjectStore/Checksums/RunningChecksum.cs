using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Maskwright.ObjectStore;

/// <summary>A checksum computed as the bytes pass.</summary>
internal abstract class RunningChecksum : IDisposable
{
    /// <summary>Begins one of S3's checksums.</summary>
    /// <exception cref="S3Exception">There is none of this name.</exception>
    internal static RunningChecksum Of(string algorithm) => algorithm switch
    {
        "crc32" => new Crc32Checksum(),
        "crc32c" => new Crc32CChecksum(),
        "crc64nvme" => new Crc64NvmeChecksum(),
        "sha1" => new HashChecksum(HashAlgorithmName.SHA1),
        "sha256" => new HashChecksum(HashAlgorithmName.SHA256),
        _ => throw S3Exception.InvalidRequest($"The checksum '{algorithm}' is not known: crc32, crc32c, crc64nvme, sha1 and sha256 are."),
    };

    /// <summary>Takes the next bytes.</summary>
    internal abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>The value in big-endian bytes.</summary>
    internal abstract byte[] Finish();

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    private sealed class Crc32Checksum : RunningChecksum
    {
        private readonly Crc32 _crc = new();

        internal override void Append(ReadOnlySpan<byte> bytes) => _crc.Append(bytes);

        internal override byte[] Finish() => BigEndian(_crc.GetCurrentHashAsUInt32());
    }

    /// <summary>Castagnoli's polynomial, for which processors have an instruction.</summary>
    private sealed class Crc32CChecksum : RunningChecksum
    {
        private uint _crc = uint.MaxValue;

        internal override void Append(ReadOnlySpan<byte> bytes)
        {
            var words = MemoryMarshal.Cast<byte, ulong>(bytes);
            foreach (var word in words)
                _crc = BitOperations.Crc32C(_crc, word);
            foreach (var b in bytes[(words.Length * sizeof(ulong))..])
                _crc = BitOperations.Crc32C(_crc, b);
        }

        internal override byte[] Finish() => BigEndian(~_crc);
    }

    /// <summary>The NVM Express polynomial (reflected 9A6C9329AC4BC9B5), eight bytes at a time from eight tables.</summary>
    private sealed class Crc64NvmeChecksum : RunningChecksum
    {
        private const ulong Polynomial = 0x9A6C9329AC4BC9B5;
        private static readonly ulong[][] Tables = MakeTables();
        private ulong _crc = ulong.MaxValue;

        internal override void Append(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            {
                var word = _crc ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                _crc = 0;
                for (var i = 0; i < sizeof(ulong); i++)
                    _crc ^= Tables[sizeof(ulong) - 1 - i][(byte)(word >> (8 * i))];
            }

            foreach (var b in bytes)
                _crc = (_crc >> 8) ^ Tables[0][(byte)_crc ^ b];
        }

        internal override byte[] Finish()
        {
            var value = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(value, ~_crc);
            return value;
        }

        private static ulong[][] MakeTables()
        {
            var tables = new ulong[sizeof(ulong)][];
            for (var t = 0; t < tables.Length; t++)
            {
                tables[t] = new ulong[256];
                for (var i = 0; i < 256; i++)
                {
                    var crc = t == 0 ? (ulong)i : tables[t - 1][i];
                    if (t > 0)
                    {
                        tables[t][i] = (crc >> 8) ^ tables[0][(byte)crc];
                        continue;
                    }

                    for (var bit = 0; bit < 8; bit++)
                        crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
                    tables[t][i] = crc;
                }
            }

            return tables;
        }
    }

    private sealed class HashChecksum(HashAlgorithmName name) : RunningChecksum
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(name);

        internal override void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        internal override byte[] Finish() => _hash.GetHashAndReset();

        public override void Dispose()
        {
            _hash.Dispose();
            base.Dispose();
        }
    }

    private static byte[] BigEndian(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
