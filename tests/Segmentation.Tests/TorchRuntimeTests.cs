using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Maskwright.Segmentation.Tests;

public sealed partial class TorchRuntimeTests
{
    [Fact]
    public void Tensors_can_be_computed_with()
    {
        TorchRuntime.Initialize();

        using var sum = TorchSharp.torch.tensor(new[] { 1f, 2f, 4f }).sum();

        sum.item<float>().ShouldBe(7f);
    }

    [Fact]
    public void OpenMP_finds_its_settings_in_the_native_environment()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has libgomp.");

        (ReadNative("GOMP_SPINCOUNT") ?? ReadNative("OMP_WAIT_POLICY")).ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    [InlineData("")]
    public void A_device_of_unknown_form_is_refused(string name) =>
        Should.Throw<FormatException>(() => TorchRuntime.SelectDevice(name)).Message.ShouldContain("auto, cpu, cuda or cuda:N");

    [Fact]
    public void A_device_that_is_not_there_is_named_with_the_cure() =>
        Should.Throw<TorchUnavailableException>(() => TorchRuntime.SelectDevice("cuda:63")).Message.ShouldContain("'cuda:63' is not there");

    [Fact]
    public void Only_the_version_that_old_hosts_lack_is_made_weak_in_the_real_library()
    {
        var path = TorchSharpLibrary.SearchFolders().Select(f => Path.Combine(f, "libLibTorchSharp.so")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, "libLibTorchSharp.so is not beside the tests (not Linux x64).");
        var original = File.ReadAllBytes(path!);

        var changed = TorchSharpLibrary.MakeLoadable(original).ShouldNotBeNull();

        var differences = Enumerable.Range(0, original.Length).Where(i => original[i] != changed[i]).ToList();
        var before = ElfVersionNeeds.Read(original);
        var after = ElfVersionNeeds.Read(changed);
        differences.Count.ShouldBe(1);
        before.Count.ShouldBeGreaterThan(20);
        before.ShouldContain(n => n.File == "libc.so.6" && n.Version == "GLIBC_2.34");
        after.Where(n => n.IsWeak).ShouldHaveSingleItem().Version.ShouldBe("GLIBCXX_3.4.32");
        after.Select(n => n with { IsWeak = false }).ShouldBe(before);
        TorchSharpLibrary.MakeLoadable(changed).ShouldBeNull();
        File.ReadAllBytes(path!).ShouldBe(original);
    }

    [Fact]
    public void Version_needs_of_a_file_made_by_hand_are_read_with_their_flags()
    {
        var needs = ElfVersionNeeds.Read(ElfByHand());

        needs.ShouldBe(
        [
            new ElfVersionNeed("liba.so", "A_1", IsWeak: false, FlagsOffset: 192 + 16 + 4),
            new ElfVersionNeed("liba.so", "A_2", IsWeak: true, FlagsOffset: 192 + 32 + 4),
            new ElfVersionNeed("libb.so", "B_1", IsWeak: false, FlagsOffset: 192 + 64 + 4),
        ]);
        ElfVersionNeeds.Read(ElfVersionNeeds.MakeWeak(ElfByHand(), needs[2]))[2].IsWeak.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 0x00, "Not an ELF file")]
    [InlineData(4, 1, "64-bit")]
    [InlineData(5, 2, "little-endian")]
    [InlineData(0x28, 0xFF, "section header")]
    [InlineData(0x3A, 1, "section headers of 64 bytes")]
    [InlineData(64 + 0x28, 9, "names section 9")]
    [InlineData(64 + 0x20, 8, "outside its section")]
    [InlineData(64 + 0x18 + 4, 1, "outside the file")]
    [InlineData(192 + 48 + 12, 1, "outside its section")]
    [InlineData(192 + 4 + 1, 0x7F, "outside its string table")]
    public void Damaged_files_are_refused_and_read_nothing_outside(int offset, byte value, string expected)
    {
        var elf = ElfByHand();
        elf[offset] = value;

        Should.Throw<InvalidDataException>(() => ElfVersionNeeds.Read(elf)).Message.ShouldContain(expected);
    }

    [Fact]
    public void Every_single_byte_of_damage_is_survived()
    {
        var elf = ElfByHand();
        for (var i = 0; i < elf.Length; i++)
        {
            foreach (var value in new byte[] { 0, 1, 0x7F, 0xFF })
            {
                var damaged = elf.ToArray();
                damaged[i] = value;
                try
                {
                    ElfVersionNeeds.Read(damaged).Count.ShouldBeLessThan(12);
                }
                catch (InvalidDataException)
                {
                    // The one way to refuse.
                }
            }

            Should.NotThrow(() =>
            {
                try
                {
                    ElfVersionNeeds.Read(elf.AsSpan(0, i));
                }
                catch (InvalidDataException)
                {
                    // The one way to refuse.
                }
            });
        }
    }

    /// <summary>Header, two section headers (needs, strings) at 64, needs at 192 (two files, three versions), strings after them.</summary>
    private static byte[] ElfByHand()
    {
        const string Strings = "\0liba.so\0A_1\0A_2\0libb.so\0B_1\0";
        var elf = new byte[192 + 80 + Strings.Length];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(elf, 0);
        Put64(0x28, 64);
        Put16(0x3A, 64);
        Put16(0x3C, 2);
        Section(64, type: 0x6FFFFFFE, offset: 192, size: 80, link: 1);
        Section(128, type: 3, offset: 192 + 80, size: Strings.Length, link: 0);
        Need(192, versions: 2, file: 1, aux: 16, next: 48);
        Version(208, flags: 0, name: 9, next: 16);
        Version(224, flags: 2, name: 13, next: 0);
        Need(240, versions: 1, file: 17, aux: 16, next: 0);
        Version(256, flags: 0, name: 25, next: 0);
        Encoding.ASCII.GetBytes(Strings).CopyTo(elf, 192 + 80);
        return elf;

        void Section(int at, uint type, int offset, int size, uint link)
        {
            Put32(at + 4, type);
            Put64(at + 0x18, offset);
            Put64(at + 0x20, size);
            Put32(at + 0x28, link);
        }

        void Need(int at, ushort versions, uint file, uint aux, uint next)
        {
            Put16(at, 1);
            Put16(at + 2, versions);
            Put32(at + 4, file);
            Put32(at + 8, aux);
            Put32(at + 12, next);
        }

        void Version(int at, ushort flags, uint name, uint next)
        {
            Put16(at + 4, flags);
            Put32(at + 8, name);
            Put32(at + 12, next);
        }

        void Put16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(at), value);
        void Put32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(at), value);
        void Put64(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(elf.AsSpan(at), value);
    }

    private static string? ReadNative(string name) => Marshal.PtrToStringUTF8(GetNative(name));

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetNative(string name);
}
