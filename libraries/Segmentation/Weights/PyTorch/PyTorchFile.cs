using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Maskwright.Segmentation;

/// <summary>
/// The weights in a file of <c>torch.save</c> (<c>.pth</c>, <c>.pt</c>; the zip form that PyTorch writes since 1.6): a state
/// dict, or a checkpoint that holds one. Reading builds tensors and plain containers only; no code in the file can run.
/// </summary>
public static class PyTorchFile
{
    private static readonly string[] CheckpointKeys = ["model", "state_dict", "model_state_dict"];

    /// <summary>Whether bytes begin like a zip archive.</summary>
    public static bool Is(ReadOnlySpan<byte> file) => file.StartsWith("PK\u0003\u0004"u8);

    /// <summary>Reads the tensors of the state dict.</summary>
    /// <param name="file">The whole file; tensors refer into it or into copies of its parts.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="WeightsFormatException">It is damaged, or holds what is no weight; nothing of it was run.</exception>
    public static IReadOnlyDictionary<string, StoredTensor> Read(ReadOnlyMemory<byte> file, string name)
    {
        try
        {
            using var archive = new ZipArchive(Open(file), ZipArchiveMode.Read);
            var entries = archive.Entries.GroupBy(entry => entry.FullName, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
            var pickle = entries.Keys.SingleOrDefault(key => key == "data.pkl" || key.EndsWith("/data.pkl", StringComparison.Ordinal))
                ?? throw new FormatException("it holds no data.pkl");
            var folder = pickle[..^"data.pkl".Length];

            // Entries may lie over one another: all together take no more than the file has.
            long left = file.Length;
            if (entries.TryGetValue(folder + "byteorder", out var order) && Encoding.ASCII.GetString(Bytes(order, ref left)) != "little")
            {
                throw new FormatException("it was written in big-endian order");
            }

            var storages = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
            var value = new RestrictedPickle(Bytes(entries[pickle], ref left), new PyTorchStorages(ReadStorage, file.Length)).Read();
            return StateDict(value);

            ReadOnlyMemory<byte> ReadStorage(string key)
            {
                if (!storages.TryGetValue(key, out var bytes))
                {
                    bytes = entries.TryGetValue($"{folder}data/{key}", out var entry)
                        ? Bytes(entry, ref left)
                        : throw new FormatException($"storage {key} is missing");
                    storages.Add(key, bytes);
                }

                return bytes;
            }
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or InvalidOperationException or IOException or ArgumentException or NotSupportedException)
        {
            throw new WeightsFormatException($"{name} is no PyTorch file of weights: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static Dictionary<string, StoredTensor> StateDict(object? value)
    {
        var dictionary = value as Dictionary<object, object?> ?? throw new FormatException("expected a state dict, a dictionary of tensors by name");
        if (CheckpointKeys.Select(key => dictionary.GetValueOrDefault(key)).OfType<Dictionary<object, object?>>().FirstOrDefault() is { } inner)
        {
            dictionary = inner;
        }

        var tensors = dictionary.Where(pair => pair is { Key: string, Value: StoredTensor })
            .Select(pair => (StoredTensor)pair.Value! with { Name = (string)pair.Key })
            .ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        return tensors.Count > 0
            ? tensors
            : throw new FormatException($"expected a state dict, or a checkpoint with one under {string.Join(", ", CheckpointKeys)}; it holds no tensor by name");
    }

    // PyTorch stores without compression: an entry that claims to grow is none of its own.
    private static byte[] Bytes(ZipArchiveEntry entry, ref long left)
    {
        if (entry.Length != entry.CompressedLength || entry.Length > left)
        {
            throw new FormatException($"{entry.FullName} is compressed or larger than what is left of the file");
        }

        left -= entry.Length;
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static MemoryStream Open(ReadOnlyMemory<byte> file) =>
        MemoryMarshal.TryGetArray(file, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(file.ToArray(), writable: false);
}
