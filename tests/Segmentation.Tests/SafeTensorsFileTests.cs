using System.Buffers.Binary;
using System.Text;
using FsCheck.Xunit;

namespace Maskwright.Segmentation.Tests;

public sealed class SafeTensorsFileTests
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    [Fact]
    public void A_file_made_by_hand_is_read()
    {
        var bytes = ByHand(
            """{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}""",
            [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f), .. BitConverter.GetBytes(7L)]);

        var file = SafeTensorsFile.Read(bytes, "by hand");

        file.Metadata.ShouldBe(new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" });
        file.Tensors["b"].Shape.ShouldBe([2L]);
        BinaryPrimitives.ReadSingleLittleEndian(file.Tensors["b"].Data.Span[4..]).ShouldBe(-2f);
        file.Tensors["a"].Type.ShouldBe(StoredType.I64);
        BinaryPrimitives.ReadInt64LittleEndian(file.Tensors["a"].Data.Span).ShouldBe(7);
    }

    [Fact]
    public void Keys_are_written_sorted_and_tensors_begin_at_a_multiple_of_eight()
    {
        var file = new SafeTensorsFile(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["z"] = "2", ["a"] = "1" },
            [new StoredTensor("y", StoredType.U8, [3], new byte[] { 1, 2, 3 }), new StoredTensor("x", StoredType.U8, [1], new byte[] { 9 })]);

        var bytes = file.ToArray();

        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' ').ShouldBe(
            """{"__metadata__":{"a":"1","z":"2"},"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"y":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""");
        (length % 8).ShouldBe(0);
        bytes[(8 + length)..].ShouldBe([9, 1, 2, 3]);
    }

    [Property(MaxTest = 100)]
    public bool What_is_written_is_read(Dictionary<string, byte[]> content)
    {
        var tensors = content.Where(pair => pair.Key is not null and not "__metadata__" && pair.Value is not null && IsText(pair.Key))
            .Select(pair => new StoredTensor(pair.Key, StoredType.U8, [pair.Value.Length], pair.Value)).ToList();

        var read = SafeTensorsFile.Read(new SafeTensorsFile(NoMetadata, tensors).ToArray(), "round trip");

        return read.Tensors.Count == tensors.Count
            && tensors.TrueForAll(t => read.Tensors[t.Name].Data.Span.SequenceEqual(t.Data.Span));
    }

    [Theory]
    [InlineData("", "8-byte header length")]
    [InlineData("FFFFFFFFFFFFFFFF7B7D", "header has")]
    [InlineData("0300000000000000" + "7B7D", "header has")]
    [InlineData("0200000000000000" + "7B5D", "not safetensors JSON")]
    [InlineData("0200000000000000" + "5B5D", "not safetensors JSON")]
    public void Damaged_beginnings_are_refused(string hex, string expected) =>
        Should.Throw<WeightsFormatException>(() => SafeTensorsFile.Read(Convert.FromHexString(hex), "w.safetensors")).Message.ShouldContain(expected);

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "does not take")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "within the 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "within the 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "within the 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "within the 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "does not take")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", "does not take")]
    [InlineData("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", "type F31")]
    [InlineData("""{"a":{"dtype":"0","shape":[2],"data_offsets":[0,8]}}""", "type 0")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", "not safetensors JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "not safetensors JSON")]
    [InlineData("""{"a":7}""", "not safetensors JSON")]
    [InlineData("""{"__metadata__":{"a":1}}""", "not safetensors JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "not safetensors JSON")]
    public void Headers_that_do_not_fit_their_data_are_refused_naming_the_file(string header, string expected)
    {
        var message = Should.Throw<WeightsFormatException>(() => SafeTensorsFile.Read(ByHand(header, new byte[8]), "w.safetensors")).Message;

        message.ShouldContain(expected);
        message.ShouldContain("w.safetensors");
    }

    [Fact]
    public async Task Strings_are_read_alone_and_refuse_weights_of_as_many_other_classes()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["maskwright.classes"] = """["background","cat"]""" };
        var bytes = new SafeTensorsFile(metadata, [new StoredTensor("a", StoredType.U8, [1], new byte[1])]).ToArray();

        var read = await Strings(bytes);

        read.ShouldBe(metadata);
        ModelDescription.RequireClasses(read!, ["background", "cat"], "w");
        ModelDescription.RequireClasses(read!, ["background", "cat", "dog"], "w");
        ModelDescription.RequireClasses(NoMetadata, ["background", "dog"], "w");
        Should.Throw<WeightsFormatException>(() => ModelDescription.RequireClasses(read!, ["background", "dog"], "w")).Message
            .ShouldContain("trained for the classes background, cat, and the dataset has background, dog");
        (await Strings("PK\u0003\u0004 and so on"u8.ToArray())).ShouldBeNull();
        await Should.ThrowAsync<WeightsFormatException>(() => Strings(bytes[..20]));

        static Task<IReadOnlyDictionary<string, string>?> Strings(byte[] file) =>
            SafeTensorsFile.ReadMetadataAsync(new MemoryStream(file), "w", TestContext.Current.CancellationToken);
    }

    private static byte[] ByHand(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        return [.. length, .. json, .. data];
    }

    // Half a surrogate pair has no UTF-8.
    private static bool IsText(string text) => text.All(c => !char.IsSurrogate(c));
}
