using System.Formats.Tar;
using System.Runtime.InteropServices;

namespace Maskwright.Artifacts;

/// <summary>
/// Writes samples into a tar file (POSIX ustar) that any tar program reads. Equal samples give equal bytes on any machine:
/// owner, mode and time are fixed.
/// </summary>
public sealed class ShardWriter : IAsyncDisposable
{
    // The ustar header has 100 bytes for the name.
    private const int MaxNameLength = 100;
    private const int BlockSize = 512;
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly DigestingStream _output;
    private readonly TarWriter _tar;
    private readonly List<ShardIndexSample> _samples = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private bool _finished;

    /// <summary>Begins a shard.</summary>
    /// <param name="destination">Where the tar file goes, from its start; left open.</param>
    public ShardWriter(Stream destination)
    {
        _output = new DigestingStream(destination);
        _tar = new TarWriter(_output, TarEntryFormat.Ustar, leaveOpen: true);
    }

    /// <summary>Bytes written so far: for deciding when a shard is large enough.</summary>
    public long Length => _output.Position;

    /// <summary>Samples written so far.</summary>
    public int Count => _samples.Count;

    /// <summary>Adds a sample.</summary>
    /// <param name="key">Its name, unique within the shard: ASCII letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="classes">The class indices that occur in its mask, in any order.</param>
    /// <param name="files">Its files; at least one, each extension once.</param>
    /// <param name="cancellationToken">Ends the call; the shard is then unfinished and of no use.</param>
    /// <exception cref="ArgumentException">The key or an extension cannot be used, or was used before.</exception>
    public async Task AddAsync(string key, IEnumerable<int> classes, IReadOnlyList<ShardFile> files, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(files);
        ObjectDisposedException.ThrowIf(_finished, this);
        Check(key, files);
        _keys.Add(key);

        var entries = new List<ShardIndexFile>(files.Count);
        foreach (var file in files)
        {
            var offset = await WriteFileAsync($"{key}.{file.Extension}", file.Content, cancellationToken);
            entries.Add(new ShardIndexFile(file.Extension, offset, file.Content.Length, file.Sha256 ?? Digest.OfBytes(file.Content.Span)));
        }

        _samples.Add(new ShardIndexSample(key, [.. classes.Distinct().Order()], entries));
    }

    /// <summary>Writes the end of the tar file and gives its index.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ShardIndex> CompleteAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        await DisposeAsync();
        await _output.FlushAsync(cancellationToken);
        return new ShardIndex { Size = _output.Position, Sha256 = _output.FinishDigest(), Samples = _samples };
    }

    /// <summary>Ends the tar file. Without <see cref="CompleteAsync"/> the shard has no index and is of no use.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_finished)
            return;
        _finished = true;
        await _tar.DisposeAsync();
    }

    private async Task<long> WriteFileAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await using var data = MemoryMarshal.TryGetArray(content, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
        var entry = new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            ModificationTime = DateTimeOffset.UnixEpoch,
            Mode = Mode,
            Uid = 0,
            Gid = 0,
            UserName = "",
            GroupName = "",
            DataStream = data,
        };
        await _tar.WriteEntryAsync(entry, cancellationToken);
        // The content is padded to whole blocks and ends where the writer stands now.
        var padded = (content.Length + BlockSize - 1L) / BlockSize * BlockSize;
        return _output.Position - padded;
    }

    private void Check(string key, IReadOnlyList<ShardFile> files)
    {
        if (!IsName(key))
            throw new ArgumentException($"'{key}' cannot name a sample: use ASCII letters, digits, '-' and '_'.", nameof(key));
        if (_keys.Contains(key))
            throw new ArgumentException($"The shard has a sample '{key}' already.", nameof(key));
        if (files.Count == 0)
            throw new ArgumentException($"The sample '{key}' has no files.", nameof(files));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (!IsName(file.Extension) || !seen.Add(file.Extension))
                throw new ArgumentException($"The extension '{file.Extension}' of the sample '{key}' is not usable or there twice.", nameof(files));
            if (key.Length + 1 + file.Extension.Length > MaxNameLength)
                throw new ArgumentException($"The name '{key}.{file.Extension}' is longer than {MaxNameLength} characters, the most a tar header holds.", nameof(key));
            if (file.Content.Length > ShardReader.MaxFileBytes)
                throw new ArgumentException($"'{key}.{file.Extension}' has {file.Content.Length} bytes; a shard takes files of at most {ShardReader.MaxFileBytes}.", nameof(files));
        }
    }

    private static bool IsName(string name) =>
        !string.IsNullOrEmpty(name) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
