using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// The content of a safetensors file: named tensors and a map of strings. Format: an unsigned 64-bit little-endian header
/// length, a JSON header, then the tensors' bytes, row-major and little-endian
/// (https://github.com/huggingface/safetensors, "Format").
/// </summary>
public sealed class SafeTensorsFile
{
    /// <summary>The format's own limit of the header, in bytes.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    private const string MetadataKey = "__metadata__";
    private const int LengthBytes = sizeof(ulong);

    /// <summary>A file of the given content.</summary>
    public SafeTensorsFile(IReadOnlyDictionary<string, string> metadata, IEnumerable<StoredTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(tensors);
        Metadata = metadata;
        Tensors = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The file's strings, e.g. the names of the classes.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Reads a file. Every length and offset is checked against the bytes that are there before it is used.</summary>
    /// <param name="file">The whole file; the tensors refer into it.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="WeightsFormatException">It is not a safetensors file, or it is damaged.</exception>
    public static SafeTensorsFile Read(ReadOnlyMemory<byte> file, string name)
    {
        if (file.Length < LengthBytes)
        {
            throw new WeightsFormatException($"{name} holds {file.Length} bytes; a safetensors file begins with an 8-byte header length.");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span);
        if (length > MaxHeaderBytes || length > (ulong)(file.Length - LengthBytes))
        {
            throw new WeightsFormatException(
                $"{name} says its header has {length} bytes; expected at most {Math.Min(MaxHeaderBytes, file.Length - LengthBytes)}. Is it a whole safetensors file?");
        }

        var data = file[(LengthBytes + (int)length)..];
        try
        {
            using var header = JsonDocument.Parse(file.Slice(LengthBytes, (int)length));
            return new SafeTensorsFile(ReadMetadata(header.RootElement), [.. ReadTensors(header.RootElement, data, name)]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException)
        {
            throw new WeightsFormatException(
                $"The header of {name} is not safetensors JSON: expected an object of tensors with dtype, shape and data_offsets, and strings in {MetadataKey}. {e.Message}", e);
        }
    }

    /// <summary>Reads only the strings of a file.</summary>
    /// <param name="file">The file from its first byte.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The strings; null when it does not begin like a safetensors file.</returns>
    /// <exception cref="WeightsFormatException">It begins like one and is damaged.</exception>
    public static async Task<IReadOnlyDictionary<string, string>?> ReadMetadataAsync(Stream file, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        var start = new byte[LengthBytes + 1];
        if (await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken) < start.Length || start[LengthBytes] != '{')
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length is 0 or > MaxHeaderBytes)
        {
            return null;
        }

        try
        {
            var json = new byte[(int)length];
            json[0] = start[LengthBytes];
            await file.ReadExactlyAsync(json.AsMemory(1), cancellationToken);
            using var header = JsonDocument.Parse(json);
            return ReadMetadata(header.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or EndOfStreamException)
        {
            throw new WeightsFormatException($"The header of {name} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Writes the file: keys sorted, tensors one after the other in that order, so that equal content gives equal bytes.</summary>
    public void Write(Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var ordered = Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal).ToList();
        WriteHeader(destination, Metadata, ordered.Select(tensor => (tensor.Name, tensor.Type, tensor.Shape)));
        foreach (var tensor in ordered)
        {
            destination.Write(tensor.Data.Span);
        }
    }

    /// <summary>Writes tensors as such a file, one after the other, without a copy of them all.</summary>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="metadata">The file's strings.</param>
    /// <param name="tensors">The tensors by name, on any device.</param>
    internal static void Write(Stream destination, IReadOnlyDictionary<string, string> metadata, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        var ordered = tensors.OrderBy(named => named.Name, StringComparer.Ordinal).ToList();
        WriteHeader(destination, metadata, ordered.Select(named => (named.Name, StoredTensor.TypeOf(named.Tensor), (IReadOnlyList<long>)named.Tensor.shape)));
        foreach (var (_, tensor) in ordered)
        {
            using var scope = NewDisposeScope();
            destination.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    /// <summary>The file's bytes.</summary>
    public byte[] ToArray()
    {
        using var buffer = new MemoryStream(checked((int)Tensors.Values.Sum(t => (long)t.Data.Length)) + 65_536);
        Write(buffer);
        return buffer.ToArray();
    }

    private static void WriteHeader(
        Stream destination, IReadOnlyDictionary<string, string> metadata, IEnumerable<(string Name, StoredType Type, IReadOnlyList<long> Shape)> ordered)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            long offset = 0;
            foreach (var (name, type, shape) in ordered)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type.ToString());
                json.WriteStartArray("shape");
                foreach (var side in shape)
                {
                    json.WriteNumberValue(side);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += StoredTensor.CountBytes(type, shape) ?? throw new OverflowException($"Tensor {name} has too many elements."));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces up to a multiple of 8, so that mapped tensors are aligned.
        while (buffer.Length % LengthBytes != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)buffer.Length);
        destination.Write(length);
        buffer.WriteTo(destination);
    }

    private static Dictionary<string, string> ReadMetadata(JsonElement header) =>
        header.TryGetProperty(MetadataKey, out var metadata)
            ? metadata.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? string.Empty, StringComparer.Ordinal)
            : [];

    private static IEnumerable<StoredTensor> ReadTensors(JsonElement header, ReadOnlyMemory<byte> data, string name)
    {
        foreach (var entry in header.EnumerateObject().Where(entry => entry.Name != MetadataKey))
        {
            var dtype = entry.Value.GetProperty("dtype").GetString();
            if (!Enum.TryParse<StoredType>(dtype, out var type) || !Enum.IsDefined(type) || type.ToString() != dtype)
            {
                throw new WeightsFormatException(
                    $"Tensor {entry.Name} of {name} has type {dtype}; expected one of {string.Join(", ", Enum.GetNames<StoredType>())}.");
            }

            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(side => side.GetInt64())];
            var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
            if (offsets is not [var begin, var end] || begin < 0 || end < begin || end > data.Length)
            {
                throw new WeightsFormatException(
                    $"Tensor {entry.Name} of {name} lies at bytes [{string.Join(", ", offsets)}]; expected [begin, end] within the {data.Length} bytes of data.");
            }

            if (StoredTensor.CountBytes(type, shape) is not { } size || size != end - begin)
            {
                throw new WeightsFormatException(
                    $"Tensor {entry.Name} of {name} has {end - begin} bytes, which shape [{string.Join(", ", shape)}] of {type} does not take.");
            }

            yield return new StoredTensor(entry.Name, type, shape, data[(int)begin..(int)end]);
        }
    }
}
