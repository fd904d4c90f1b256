namespace Maskwright.Datasets;

/// <summary>A file in a zip, as the central directory has it.</summary>
/// <param name="Offset">Where its local header lies in the archive.</param>
/// <param name="CompressedLength">Bytes it takes in the archive.</param>
/// <param name="Length">Bytes it has.</param>
/// <param name="Crc">CRC-32 of these.</param>
/// <param name="Method">How it is compressed: 0 not, 8 deflate.</param>
/// <param name="IsEncrypted">Whether it is encrypted.</param>
internal readonly record struct ZipEntry(long Offset, long CompressedLength, long Length, uint Crc, ushort Method, bool IsEncrypted);
