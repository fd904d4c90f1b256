using System.Buffers.Binary;
using System.Text;

namespace Maskwright.Segmentation;

/// <summary>One symbol version that a shared object asks of one of its dependencies.</summary>
/// <param name="File">The dependency's file name, e.g. <c>libstdc++.so.6</c>.</param>
/// <param name="Version">The version's name, e.g. <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="IsWeak">True when the loader only warns if the dependency lacks the version.</param>
/// <param name="FlagsOffset">Byte offset in the file of the 16-bit <c>vna_flags</c> field.</param>
internal sealed record ElfVersionNeed(string File, string Version, bool IsWeak, int FlagsOffset);

/// <summary>
/// Reads the version needs (<c>.gnu.version_r</c>, section type <c>SHT_GNU_verneed</c>) of a 64-bit little-endian ELF file.
/// Layout: System V gABI, chapter 4, and the Linux Standard Base, "Symbol Versioning".
/// </summary>
internal static class ElfVersionNeeds
{
    /// <summary><c>VER_FLG_WEAK</c>: the dynamic loader does not refuse the file when this version is missing.</summary>
    public const ushort WeakFlag = 0x2;

    private const int HeaderSize = 64;
    private const int SectionHeaderSize = 64;
    private const uint VersionNeedSection = 0x6FFFFFFE;

    /// <summary>Lists every version need in file order.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such an ELF file, or a table points outside them.</exception>
    public static IReadOnlyList<ElfVersionNeed> Read(ReadOnlySpan<byte> elf)
    {
        if (elf.Length < HeaderSize || !elf[..4].SequenceEqual("\u007fELF"u8))
        {
            throw new InvalidDataException("Not an ELF file: the first four bytes should be 7F 45 4C 46.");
        }

        if (elf[4] != 2 || elf[5] != 1)
        {
            throw new InvalidDataException($"Expected a 64-bit little-endian ELF file (class 2, data 1), found class {elf[4]}, data {elf[5]}.");
        }

        var sections = ReadSections(elf);
        var needs = new List<ElfVersionNeed>();
        foreach (var section in sections.Where(s => s.Type == VersionNeedSection))
        {
            if (section.Link >= sections.Count)
            {
                throw new InvalidDataException($".gnu.version_r names section {section.Link} as its strings; the file has {sections.Count}.");
            }

            ReadNeeds(elf, section, sections[(int)section.Link], needs);
        }

        return needs;
    }

    /// <summary>Returns a copy of the file in which <paramref name="need"/> is weak.</summary>
    public static byte[] MakeWeak(ReadOnlySpan<byte> elf, ElfVersionNeed need)
    {
        var copy = elf.ToArray();
        var flags = copy.AsSpan(need.FlagsOffset, sizeof(ushort));
        BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | WeakFlag));
        return copy;
    }

    private static List<Section> ReadSections(ReadOnlySpan<byte> elf)
    {
        var table = BinaryPrimitives.ReadUInt64LittleEndian(elf[0x28..]);
        var entrySize = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3A..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3C..]);
        if (count > 0 && entrySize != SectionHeaderSize)
        {
            throw new InvalidDataException($"Expected section headers of {SectionHeaderSize} bytes, found {entrySize}.");
        }

        var sections = new List<Section>(count);
        for (var i = 0; i < count; i++)
        {
            var header = Slice(elf, table + ((ulong)i * SectionHeaderSize), SectionHeaderSize, "section header");
            sections.Add(new Section(
                BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
                BinaryPrimitives.ReadUInt64LittleEndian(header[0x18..]),
                BinaryPrimitives.ReadUInt64LittleEndian(header[0x20..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[0x28..])));
        }

        return sections;
    }

    private static void ReadNeeds(ReadOnlySpan<byte> elf, Section section, Section strings, List<ElfVersionNeed> needs)
    {
        _ = Slice(elf, section.Offset, section.Size, ".gnu.version_r");
        var names = Slice(elf, strings.Offset, strings.Size, "string table of .gnu.version_r");
        var end = section.Offset + section.Size;

        // Each entry and each auxiliary entry takes 16 bytes of its own, which bounds chains that point in a circle.
        var budget = section.Size / 16;
        var entry = section.Offset;
        while (true)
        {
            var verneed = Entry(elf, entry, end, ref budget);
            var file = Name(names, BinaryPrimitives.ReadUInt32LittleEndian(verneed[4..]));
            var count = BinaryPrimitives.ReadUInt16LittleEndian(verneed[2..]);
            var aux = entry + BinaryPrimitives.ReadUInt32LittleEndian(verneed[8..]);
            for (var i = 0; i < count; i++)
            {
                var vernaux = Entry(elf, aux, end, ref budget);
                var flags = BinaryPrimitives.ReadUInt16LittleEndian(vernaux[4..]);
                var version = Name(names, BinaryPrimitives.ReadUInt32LittleEndian(vernaux[8..]));
                needs.Add(new ElfVersionNeed(file, version, (flags & WeakFlag) != 0, checked((int)aux + 4)));
                aux += BinaryPrimitives.ReadUInt32LittleEndian(vernaux[12..]);
            }

            var next = BinaryPrimitives.ReadUInt32LittleEndian(verneed[12..]);
            if (next == 0)
            {
                return;
            }

            entry += next;
        }
    }

    private static ReadOnlySpan<byte> Entry(ReadOnlySpan<byte> elf, ulong offset, ulong end, ref ulong budget)
    {
        if (budget-- == 0 || offset + 16 > end)
        {
            throw new InvalidDataException($"An entry of .gnu.version_r at byte {offset} lies outside its section (which ends at {end}) or in a circle.");
        }

        return Slice(elf, offset, 16, "entry of .gnu.version_r");
    }

    private static string Name(ReadOnlySpan<byte> names, uint offset)
    {
        var length = offset < names.Length ? names[(int)offset..].IndexOf((byte)0) : -1;
        return length >= 0
            ? Encoding.ASCII.GetString(names.Slice((int)offset, length))
            : throw new InvalidDataException($"A name of .gnu.version_r at {offset} lies outside its string table of {names.Length} bytes.");
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> elf, ulong offset, ulong size, string what) =>
        offset <= (ulong)elf.Length && size <= (ulong)elf.Length - offset
            ? elf.Slice((int)offset, (int)size)
            : throw new InvalidDataException($"The {what} (bytes {offset}..{offset}+{size}) lies outside the file of {elf.Length} bytes.");

    private sealed record Section(uint Type, ulong Offset, ulong Size, uint Link);
}
