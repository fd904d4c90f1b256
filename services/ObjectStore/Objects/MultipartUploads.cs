using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Maskwright.ObjectStore;

/// <summary>A part that a completion names.</summary>
/// <param name="Number">Its number.</param>
/// <param name="ETag">Its tag, without quotes.</param>
/// <param name="Checksum">Its checksum, or null.</param>
internal sealed record ChosenPart(int Number, string ETag, ContentChecksum? Checksum);

/// <summary>
/// Uploads in parts. Each has a folder for its parts and, as long as it is open, an empty file of its name among the uploads;
/// both outlive a restart.
/// </summary>
/// <param name="folder">The store's folder.</param>
/// <param name="folders">The folders of parts.</param>
/// <param name="buckets">Where completed objects go.</param>
/// <param name="damaged">Is told of uploads and objects that cannot be read.</param>
/// <param name="time">The clock.</param>
internal sealed class MultipartUploads(DurableFolder folder, PartFolders folders, BucketStore buckets, DamagedFiles damaged, TimeProvider time) : IDisposable
{
    internal const int MaxParts = 10_000;
    private const long MinPartBytes = 5L * 1024 * 1024;
    private const string RecordFile = "upload.json";
    private readonly KeyLocks _locks = new();

    /// <summary>Begins an upload.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="headers">What the writer says about the object.</param>
    /// <param name="isWholeChecksum">Whether a checksum of the object is to be of its bytes, not of its parts' checksums; none is kept then.</param>
    internal UploadRecord Begin(string bucket, string key, ObjectHeaders headers, bool isWholeChecksum = false)
    {
        _ = buckets.FolderOf(bucket);
        var record = new UploadRecord(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), bucket, key, time.GetUtcNow(), headers, isWholeChecksum);
        // The mark first: a folder of parts without one belongs to an object or to nothing.
        File.Create(MarkOf(record.UploadId)).Dispose();
        folder.FlushFolder(folder.Uploads);
        folder.MakeFolder(folders.PathOf(record.UploadId));
        var temporary = folder.NewTemporaryPath();
        using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, JsonSerializer.SerializeToUtf8Bytes(record, StoreJson.Default.UploadRecord), 0);
            folder.FlushFile(file);
        }

        folder.Place(temporary, folders.PathOf(record.UploadId), RecordFile);
        return record;
    }

    /// <summary>The open upload of this id.</summary>
    /// <exception cref="S3Exception">There is none for this bucket and key.</exception>
    internal UploadRecord Find(string bucket, string key, string uploadId)
    {
        // The id becomes a folder's name: nothing but what Begin makes may pass.
        if (uploadId.Length != 32 || !uploadId.All(char.IsAsciiHexDigitLower))
            throw S3Exception.NoSuchUpload(uploadId);
        return TryRead(uploadId) is { } record && record.Bucket == bucket && record.Key == key && IsOpen(uploadId)
            ? record
            : throw S3Exception.NoSuchUpload(uploadId);
    }

    /// <summary>The open uploads of a bucket, by key and time.</summary>
    internal IEnumerable<UploadRecord> List(string bucket, string prefix) => Open()
        .Where(u => u.Bucket == bucket && u.Key.StartsWith(prefix, StringComparison.Ordinal))
        .OrderBy(u => u.Key, StringComparer.Ordinal).ThenBy(u => u.Initiated).ThenBy(u => u.UploadId, StringComparer.Ordinal);

    /// <summary>The parts of an upload, by number.</summary>
    internal IReadOnlyList<(int Number, ObjectRecord Record)> Parts(UploadRecord upload)
    {
        var parts = new List<(int, ObjectRecord)>();
        foreach (var (number, path) in PartFiles(upload.UploadId))
        {
            if (ObjectFile.TryReadRecord(path) is { } record)
                parts.Add((number, record));
        }

        return parts;
    }

    /// <summary>Keeps a part, replacing an earlier one of the same number.</summary>
    internal async Task<ObjectRecord> PutPartAsync(UploadRecord upload, int number, IncomingFile file, ReceivedBody body, CancellationToken cancellationToken)
    {
        var record = new ObjectRecord { Key = upload.Key, Size = file.Size, ETag = body.ETag, LastModified = buckets.Now(), Headers = upload.Headers, Checksum = body.Checksum };
        file.Seal(record);
        // Never into an upload that was completed meanwhile: its parts are an object's.
        using (await _locks.TakeAsync(upload.Bucket, upload.UploadId, cancellationToken))
        {
            if (!IsOpen(upload.UploadId))
                throw S3Exception.NoSuchUpload(upload.UploadId);
            file.MoveTo(folders.PathOf(upload.UploadId), Path.GetFileName(folders.PathOf(upload.UploadId, number)));
        }

        return record;
    }

    /// <summary>Makes one object of the parts chosen; it refers to them where they are.</summary>
    /// <exception cref="S3Exception">A part is missing, changed, too small or out of order.</exception>
    internal async Task<ObjectRecord> CompleteAsync(UploadRecord upload, IReadOnlyList<ChosenPart> chosen, ObjectCondition condition, CancellationToken cancellationToken)
    {
        using (await _locks.TakeAsync(upload.Bucket, upload.UploadId, cancellationToken))
        {
            if (!IsOpen(upload.UploadId))
                throw S3Exception.NoSuchUpload(upload.UploadId);
            var parts = Check(upload, chosen);
            using var file = buckets.Receive(length: null);
            var record = new ObjectRecord
            {
                Key = upload.Key,
                Size = parts.Sum(p => p.Size),
                ETag = TagOf(parts),
                LastModified = buckets.Now(),
                Headers = upload.Headers,
                Checksum = upload.IsWholeChecksum ? null : ContentChecksum.OfParts(parts),
                Parts = new PartList(upload.UploadId, [.. chosen.Select(p => p.Number)], [.. parts.Select(p => p.Size)]),
            };
            await buckets.CommitAsync(upload.Bucket, record, file, condition, cancellationToken);
            Close(upload.UploadId);
            foreach (var (number, path) in PartFiles(upload.UploadId))
            {
                if (!record.Parts.Numbers.Contains(number))
                    File.Delete(path);
            }

            return record;
        }
    }

    /// <summary>The object that this upload became, or null when it did not, or was replaced since.</summary>
    internal ObjectRecord? TryFindCompleted(string bucket, string key, string uploadId) =>
        buckets.TryRead(bucket, key) is { } record && record.Parts?.Folder == uploadId ? record : null;

    /// <summary>Forgets an open upload and its parts.</summary>
    internal async Task AbortAsync(UploadRecord upload, CancellationToken cancellationToken)
    {
        using (await _locks.TakeAsync(upload.Bucket, upload.UploadId, cancellationToken))
        {
            if (!IsOpen(upload.UploadId))
                throw S3Exception.NoSuchUpload(upload.UploadId);
            Close(upload.UploadId);
            folders.Remove(upload.UploadId);
        }
    }

    /// <summary>Ends what a crash left undone: uploads that were completed but still count as open, or were never begun whole. To be called before the first request.</summary>
    internal void Recover()
    {
        foreach (var id in OpenIds())
        {
            try
            {
                if (TryRead(id) is not { } upload || TryFindCompleted(upload.Bucket, upload.Key, id) is not null)
                    Close(id);
            }
            catch (DamagedFileException error)
            {
                // It stays as it is: nobody knows whose parts they are.
                damaged.Report($"The upload {id}", error);
            }
        }
    }

    /// <summary>Aborts open uploads that nothing was added to since a time.</summary>
    /// <returns>Those that were aborted.</returns>
    internal async Task<IReadOnlyList<UploadRecord>> AbortStaleAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var stale = Open().Where(u => u.Initiated < since && Directory.GetLastWriteTimeUtc(folders.PathOf(u.UploadId)) < since.UtcDateTime).ToList();
        foreach (var upload in stale)
            await AbortAsync(upload, cancellationToken);
        return stale;
    }

    /// <summary>Takes away folders of parts that no open upload and no object refers to, as a crash may leave them.</summary>
    /// <returns>How many.</returns>
    internal int RemoveUnreferenced(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var id in folders.All())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                // An upload is closed only after its object is in place, so that one of the two always speaks for its parts.
                if (IsOpen(id) || (TryRead(id) is { } upload && TryFindCompleted(upload.Bucket, upload.Key, id) is not null))
                    continue;
                folders.Remove(id);
                removed++;
            }
            catch (DamagedFileException error)
            {
                damaged.Report($"The upload {id}", error);
            }
        }

        return removed;
    }

    /// <inheritdoc/>
    public void Dispose() => _locks.Dispose();

    private List<ObjectRecord> Check(UploadRecord upload, IReadOnlyList<ChosenPart> chosen)
    {
        if (chosen.Count == 0)
            throw S3Exception.MalformedXml("An upload is completed with at least one part.");
        var parts = new List<ObjectRecord>(chosen.Count);
        for (var i = 0; i < chosen.Count; i++)
        {
            var (number, etag, checksum) = chosen[i];
            if (i > 0 && number <= chosen[i - 1].Number)
                throw new S3Exception(StatusCodes.Status400BadRequest, "InvalidPartOrder", "The parts are not in ascending order.");
            var part = ObjectFile.TryReadRecord(folders.PathOf(upload.UploadId, number));
            if (part is null || part.ETag != etag || (checksum is not null && part.Checksum is not null && part.Checksum != checksum))
                throw new S3Exception(StatusCodes.Status400BadRequest, "InvalidPart", $"Part {number} with the tag {etag}{(checksum is null ? "" : $" and the {checksum.Algorithm} {checksum.Value}")} was not uploaded.");
            if (part.Size < MinPartBytes && i < chosen.Count - 1)
                throw new S3Exception(StatusCodes.Status400BadRequest, "EntityTooSmall", $"Part {number} has {part.Size} bytes; each but the last needs at least {MinPartBytes}.");
            parts.Add(part);
        }

        return parts;
    }

    // S3's tag of an object in parts is the MD5 of their MD5s and their number.
    private static string TagOf(List<ObjectRecord> parts)
    {
#pragma warning disable CA5351 // S3 defines it so; nothing here trusts it.
        using var tags = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        foreach (var part in parts)
            tags.AppendData(Convert.FromHexString(part.ETag));
        return $"{Convert.ToHexStringLower(tags.GetHashAndReset())}-{parts.Count}";
    }

    private string MarkOf(string id) => Path.Combine(folder.Uploads, id);

    private bool IsOpen(string id) => File.Exists(MarkOf(id));

    private void Close(string id)
    {
        File.Delete(MarkOf(id));
        folder.FlushFolder(folder.Uploads);
    }

    private List<string> OpenIds() => [.. Directory.EnumerateFiles(folder.Uploads).Select(p => Path.GetFileName(p))];

    private List<UploadRecord> Open()
    {
        var open = new List<UploadRecord>();
        foreach (var id in OpenIds())
        {
            try
            {
                if (TryRead(id) is { } upload)
                    open.Add(upload);
            }
            catch (DamagedFileException error)
            {
                damaged.Report($"The upload {id}", error);
            }
        }

        return open;
    }

    private IEnumerable<(int Number, string Path)> PartFiles(string id) =>
        Directory.EnumerateFiles(folders.PathOf(id), "part-*").Order(StringComparer.Ordinal)
            .Select(p => (int.Parse(Path.GetFileName(p).AsSpan(5), CultureInfo.InvariantCulture), p));

    private UploadRecord? TryRead(string id)
    {
        var path = Path.Combine(folders.PathOf(id), RecordFile);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StoreJson.Default.UploadRecord);
        }
        catch (JsonException error)
        {
            throw new DamagedFileException(path, "delete its folder and store the object again", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
