using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Maskwright.ObjectStore;

/// <summary>Uploads in parts. Each is a folder of its own until it is completed or aborted, and outlives a restart.</summary>
/// <param name="folder">The store's folder.</param>
/// <param name="buckets">Where completed objects go.</param>
/// <param name="options">The store's limits.</param>
/// <param name="time">The clock.</param>
internal sealed class MultipartUploads(DurableFolder folder, BucketStore buckets, ObjectStoreOptions options, TimeProvider time)
{
    internal const int MaxParts = 10_000;
    private const long MinPartBytes = 5L * 1024 * 1024;
    private const string RecordFile = "upload.json";

    /// <summary>Begins an upload.</summary>
    internal UploadRecord Begin(string bucket, string key, ObjectHeaders headers)
    {
        _ = buckets.FolderOf(bucket);
        var record = new UploadRecord(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), bucket, key, time.GetUtcNow(), headers);
        var path = Directory.CreateDirectory(Path.Combine(folder.Uploads, record.UploadId)).FullName;
        var temporary = folder.NewTemporaryPath();
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(record, StoreJson.Default.UploadRecord));
        folder.Place(temporary, path, RecordFile);
        return record;
    }

    /// <summary>The upload of this id.</summary>
    /// <exception cref="S3Exception">There is none for this bucket and key.</exception>
    internal UploadRecord Find(string bucket, string key, string uploadId)
    {
        // The id becomes a folder's name: nothing but what Begin makes may pass.
        if (uploadId.Length != 32 || !uploadId.All(char.IsAsciiHexDigitLower))
            throw S3Exception.NoSuchUpload(uploadId);
        return TryRead(Path.Combine(folder.Uploads, uploadId)) is { } record && record.Bucket == bucket && record.Key == key
            ? record
            : throw S3Exception.NoSuchUpload(uploadId);
    }

    /// <summary>The unfinished uploads of a bucket, by key and time.</summary>
    internal IEnumerable<UploadRecord> List(string bucket, string prefix) =>
        Directory.EnumerateDirectories(folder.Uploads)
            .Select(TryRead)
            .OfType<UploadRecord>()
            .Where(u => u.Bucket == bucket && u.Key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(u => u.Key, StringComparer.Ordinal).ThenBy(u => u.Initiated);

    /// <summary>The parts of an upload, by number.</summary>
    internal IReadOnlyList<(int Number, ObjectRecord Record)> Parts(UploadRecord upload)
    {
        var parts = new List<(int, ObjectRecord)>();
        foreach (var path in Directory.EnumerateFiles(PathOf(upload), "part-*").Order(StringComparer.Ordinal))
        {
            using var file = ObjectFile.TryOpen(path);
            if (file is not null)
                parts.Add((int.Parse(Path.GetFileName(path).AsSpan(5), CultureInfo.InvariantCulture), file.Record));
        }

        return parts;
    }

    /// <summary>Keeps a part, replacing an earlier one of the same number.</summary>
    internal ObjectRecord PutPart(UploadRecord upload, int number, IncomingFile file, string etag)
    {
        var record = new ObjectRecord
        {
            Key = upload.Key,
            Size = file.Size,
            ETag = etag,
            LastModified = time.GetUtcNow(),
            Headers = upload.Headers,
        };
        file.Seal(record);
        try
        {
            file.MoveTo(PathOf(upload), PartFile(number));
        }
        catch (S3Exception)
        {
            throw S3Exception.NoSuchUpload(upload.UploadId);
        }

        return record;
    }

    /// <summary>Makes one object of the parts.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="chosen">The parts to use, with the tags their writer was told, in ascending order.</param>
    /// <param name="condition">What must hold for the object to be written.</param>
    /// <param name="cancellationToken">Ends the work; the upload is then still there.</param>
    /// <exception cref="S3Exception">A part is missing, another one, out of order or too small.</exception>
    internal async Task<ObjectRecord> CompleteAsync(UploadRecord upload, IReadOnlyList<(int Number, string ETag)> chosen, ObjectCondition condition, CancellationToken cancellationToken)
    {
        if (chosen.Count == 0)
            throw S3Exception.MalformedXml("An upload is completed with at least one part.");
        using var whole = buckets.Receive(length: null);
        using var tags = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        for (var i = 0; i < chosen.Count; i++)
        {
            var (number, etag) = chosen[i];
            if (i > 0 && number <= chosen[i - 1].Number)
                throw new S3Exception(StatusCodes.Status400BadRequest, "InvalidPartOrder", "The parts are not in ascending order.");
            using var part = ObjectFile.TryOpen(Path.Combine(PathOf(upload), PartFile(number)));
            if (part is null || part.Record.ETag != etag.Trim('"'))
                throw new S3Exception(StatusCodes.Status400BadRequest, "InvalidPart", $"Part {number} with the tag {etag} was not uploaded.");
            if (part.Record.Size < MinPartBytes && i < chosen.Count - 1)
                throw new S3Exception(StatusCodes.Status400BadRequest, "EntityTooSmall", $"Part {number} has {part.Record.Size} bytes; each but the last needs at least {MinPartBytes}.");
            whole.Append(part, 0, part.Record.Size, options.MaxObjectBytes, cancellationToken);
            tags.AppendData(Convert.FromHexString(part.Record.ETag));
        }

        var tag = $"{Convert.ToHexStringLower(tags.GetHashAndReset())}-{chosen.Count}";
        var record = await buckets.CommitAsync(upload.Bucket, upload.Key, whole, tag, upload.Headers, condition, cancellationToken);
        Remove(upload);
        return record;
    }

    /// <summary>Forgets an upload and its parts.</summary>
    internal void Remove(UploadRecord upload)
    {
        try
        {
            Directory.Delete(PathOf(upload), recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            throw S3Exception.NoSuchUpload(upload.UploadId);
        }
    }

    private string PathOf(UploadRecord upload) => Path.Combine(folder.Uploads, upload.UploadId);

    private static string PartFile(int number) => $"part-{number:00000}";

    private static UploadRecord? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(path, RecordFile)), StoreJson.Default.UploadRecord);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
