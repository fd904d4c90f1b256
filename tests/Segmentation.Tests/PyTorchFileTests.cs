using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Maskwright.Segmentation.Tests;

public sealed class PyTorchFileTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    [Fact]
    public void A_state_dict_that_torch_saved_is_read_whatever_its_types_and_strides()
    {
        var tensors = PyTorchFile.Read(File.ReadAllBytes(Path.Combine(Folder, "small.pth")), "small.pth");

        tensors.Count.ShouldBe(8);
        Floats(tensors["in.order"]).ShouldBe([0f, 1, 2, 3, 4, 5]);
        tensors["transposed"].Shape.ShouldBe([3L, 2]);
        Floats(tensors["transposed"]).ShouldBe([0f, 3, 1, 4, 2, 5]);
        Floats(tensors["part"]).ShouldBe([1f, 2, 4, 5]);
        tensors["half"].Type.ShouldBe(StoredType.F16);
        BinaryPrimitives.ReadHalfLittleEndian(tensors["half"].Data.Span).ShouldBe((Half)1.5);
        tensors["bfloat"].Data.ToArray().ShouldBe([0xC0, 0x3F, 0x00, 0xC0]);
        BinaryPrimitives.ReadDoubleLittleEndian(tensors["double"].Data.Span).ShouldBe(0.1);
        tensors["counter"].Shape.ShouldBeEmpty();
        BinaryPrimitives.ReadInt64LittleEndian(tensors["counter"].Data.Span).ShouldBe(7);
        tensors["bytes"].Data.ToArray().ShouldBe([1, 255]);
    }

    [Fact]
    public void The_state_dict_within_a_checkpoint_is_found()
    {
        var tensors = PyTorchFile.Read(File.ReadAllBytes(Path.Combine(Folder, "checkpoint.pth")), "checkpoint.pth");

        tensors.Keys.Order().ShouldBe(["bias", "weight"]);
        Floats(tensors["weight"]).ShouldBe([3f, 4]);
        Floats(tensors["bias"]).ShouldBe([5f]);
    }

    [Theory]
    [InlineData("cos\nsystem\n(X\u0004\0\0\0truetR.", "os.system")]
    [InlineData("cbuiltins\neval\n(X\u0001\0\0\01tR.", "builtins.eval")]
    [InlineData("ctorch\nload\n)R.", "torch.load")]
    [InlineData("ccollections\nOrderedDict\n(K\u0001tR.", "collections.OrderedDict")]
    [InlineData("(S'a'\nios\nsystem\n.", "opcode 0x53")]
    [InlineData("(ios\nsystem\n.", "opcode 0x69")]
    [InlineData("(cos\nsystem\no.", "opcode 0x6f")]
    [InlineData("\u0080\u0004N.", "opcode 0x80")]
    [InlineData("N.", "expected a state dict")]
    [InlineData("}.", "no tensor by name")]
    [InlineData("h\u0005.", "recalls value 5")]
    [InlineData("}NNs.", "key is neither text")]
    [InlineData("NNa.", "where List")]
    [InlineData("t.", "mark is missing")]
    [InlineData("(.", "a mark lies")]
    [InlineData("a.", "stack is empty")]
    [InlineData("X\u00ff\u00ff\u00ff\u007fabc", "ends in the middle")]
    [InlineData("cos", "ends in the middle")]
    [InlineData("", "ends in the middle")]
    [InlineData("NQ.", "no storage")]
    public void Every_other_opcode_and_global_is_refused_and_named(string pickle, string expected)
    {
        var message = Should.Throw<WeightsFormatException>(() => PyTorchFile.Read(Archive(("a/data.pkl", Encoding.Latin1.GetBytes(pickle))), "w.pth")).Message;

        message.ShouldContain(expected);
        message.ShouldContain("w.pth");
    }

    [Theory]
    [InlineData(0, new[] { 3, 2 }, new[] { 2, 1 }, true)]
    [InlineData(0, new[] { 7 }, new[] { 1 }, false)] // more than the storage holds
    [InlineData(3, new[] { 2, 2 }, new[] { 2, 1 }, false)] // beyond its end
    [InlineData(0, new[] { 60_000, 60_000 }, new[] { 0, 0 }, false)] // one element, billions of times
    [InlineData(0, new[] { 2, 1 }, new[] { 1_000_000_000, 1 }, false)]
    public void A_tensor_beyond_its_storage_is_refused(int offset, int[] shape, int[] strides, bool fits)
    {
        string Tuple(int[] values) => $"({string.Concat(values.Select(v => "J" + Encoding.Latin1.GetString(BitConverter.GetBytes(v))))}t";
        var pickle = "}X\u0001\0\0\0actorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0006tQ"
            + $"J{Encoding.Latin1.GetString(BitConverter.GetBytes(offset))}{Tuple(shape)}{Tuple(strides)}\u0089}}tRs.";
        var file = Archive(("a/data.pkl", Encoding.Latin1.GetBytes(pickle)), ("a/data/0", new byte[24]));

        if (fits)
        {
            PyTorchFile.Read(file, "w.pth")["a"].Data.Length.ShouldBe(24);
        }
        else
        {
            Should.Throw<WeightsFormatException>(() => PyTorchFile.Read(file, "w.pth")).Message.ShouldContain("does not fit its storage");
        }
    }

    [Fact]
    public void A_compressed_entry_is_refused_before_it_is_unpacked()
    {
        using var buffer = new MemoryStream();
        using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("a/data.pkl", CompressionLevel.Optimal).Open();
            entry.Write(new byte[1 << 20]);
        }

        Should.Throw<WeightsFormatException>(() => PyTorchFile.Read(buffer.ToArray(), "w.pth")).Message.ShouldContain("compressed");
    }

    [Theory]
    [InlineData("small.pth")]
    [InlineData("checkpoint.pth")]
    public void A_damaged_file_is_read_or_refused_and_never_anything_else(string name)
    {
        var whole = File.ReadAllBytes(Path.Combine(Folder, name));
        var random = new Random(11);
        var refused = 0;
        for (var i = 0; i < 4_000; i++)
        {
            var damaged = random.Next(8) == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (var change = random.Next(1, 5); change > 0 && damaged.Length > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                PyTorchFile.Read(damaged, name);
            }
            catch (WeightsFormatException)
            {
                refused++;
            }
        }

        refused.ShouldBeInRange(100, 3_999);
    }

    private static float[] Floats(StoredTensor tensor) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.Data.Span).ToArray();

    private static byte[] Archive(params (string Name, byte[] Content)[] entries)
    {
        using var buffer = new MemoryStream();
        using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }

        return buffer.ToArray();
    }
}
