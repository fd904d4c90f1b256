namespace Maskwright.ObjectStore;

/// <summary>The buckets and objects of a folder.</summary>
/// <param name="folder">The folder.</param>
/// <param name="parts">The parts of objects that were uploaded so.</param>
/// <param name="damaged">Is told of objects that cannot be read.</param>
/// <param name="lanes">Where the MD5s of what comes in are computed.</param>
/// <param name="options">The store's limits.</param>
/// <param name="time">The clock.</param>
internal sealed class BucketStore(DurableFolder folder, PartFolders parts, DamagedFiles damaged, Md5Lanes lanes, ObjectStoreOptions options, TimeProvider time) : IDisposable
{
    // Paths that answer about the store's health.
    private static readonly string[] Reserved = ["health", "alive"];

    /// <summary>Held by whoever looks at an object and then changes it.</summary>
    internal KeyLocks Locks { get; } = new();

    /// <summary>The names of all buckets, in order, with the time each was made.</summary>
    internal IEnumerable<(string Name, DateTimeOffset Created)> List() =>
        new DirectoryInfo(folder.Buckets).EnumerateDirectories()
            .OrderBy(d => d.Name, StringComparer.Ordinal)
            .Select(d => (d.Name, new DateTimeOffset(d.CreationTimeUtc)));

    /// <summary>The folder of a bucket.</summary>
    /// <exception cref="S3Exception">There is no such bucket.</exception>
    internal string FolderOf(string bucket)
    {
        if (!IsName(bucket))
            throw S3Exception.NoSuchBucket(bucket);
        var path = Path.Combine(folder.Buckets, bucket);
        return Directory.Exists(path) ? path : throw S3Exception.NoSuchBucket(bucket);
    }

    /// <summary>Makes a bucket.</summary>
    /// <exception cref="S3Exception">The name cannot be used or is taken.</exception>
    internal void Create(string bucket)
    {
        if (!IsName(bucket))
            throw new S3Exception(StatusCodes.Status400BadRequest, "InvalidBucketName", $"'{bucket}' cannot name a bucket: 3 to 63 lower-case letters, digits, dots and hyphens, starting and ending with a letter or digit; not {string.Join(" or ", Reserved)}.");
        var path = Path.Combine(folder.Buckets, bucket);
        if (Directory.Exists(path))
            throw new S3Exception(StatusCodes.Status409Conflict, "BucketAlreadyOwnedByYou", $"The bucket '{bucket}' is there already.");
        folder.MakeFolder(path);
    }

    /// <summary>Deletes an empty bucket.</summary>
    /// <exception cref="S3Exception">It is not there or not empty.</exception>
    internal void Delete(string bucket)
    {
        try
        {
            folder.RemoveFolder(FolderOf(bucket));
        }
        catch (DirectoryNotFoundException)
        {
            throw S3Exception.NoSuchBucket(bucket);
        }
        catch (IOException error) when (Directory.EnumerateFileSystemEntries(FolderOf(bucket)).Any())
        {
            throw new S3Exception(StatusCodes.Status409Conflict, "BucketNotEmpty", $"The bucket '{bucket}' holds objects: delete them first ({error.Message}).");
        }
    }

    /// <summary>Opens an object for reading.</summary>
    /// <exception cref="S3Exception">There is no such bucket or object.</exception>
    internal ObjectFile Open(string bucket, string key) =>
        ObjectFile.TryOpen(Path.Combine(FolderOf(bucket), KeyPath.OfObject(key)), parts) ?? throw S3Exception.NoSuchKey(key);

    /// <summary>What is kept about an object, or null when there is none.</summary>
    /// <exception cref="DamagedFileException">It cannot be read.</exception>
    internal ObjectRecord? TryRead(string bucket, string key) =>
        ObjectFile.TryReadRecord(Path.Combine(folder.Buckets, bucket, KeyPath.OfObject(key)));

    /// <summary>Reads one page of a listing.</summary>
    internal ListPage Page(string bucket, ListQuery query, CancellationToken cancellationToken) =>
        ObjectLister.Read(folder.Names, damaged, FolderOf(bucket), query, cancellationToken);

    /// <summary>Begins an object's file.</summary>
    /// <param name="length">How long it will be, where that is known.</param>
    /// <exception cref="S3Exception">That is more than allowed, or than the disk has room for.</exception>
    internal IncomingFile Receive(long? length)
    {
        if (length > options.MaxObjectBytes)
            throw S3Exception.EntityTooLarge(options.MaxObjectBytes);
        // Told before the body is sent; a disk that fills up meanwhile is noticed as it happens.
        if (length > folder.FreeBytes())
            throw S3Exception.StorageFull();
        return new IncomingFile(folder, lanes);
    }

    /// <summary>Puts a whole file in its place if the condition holds, in one step.</summary>
    /// <exception cref="S3Exception">There is no such bucket, or the condition does not hold.</exception>
    internal async Task CommitAsync(string bucket, ObjectRecord record, IncomingFile file, ObjectCondition condition, CancellationToken cancellationToken)
    {
        var root = FolderOf(bucket);
        file.Seal(record);
        var path = KeyPath.OfObject(record.Key);
        ObjectRecord? old;
        using (await Locks.TakeAsync(bucket, record.Key, cancellationToken))
        {
            old = ReadOrNull(Path.Combine(root, path));
            condition.CheckWrite(old, record.Key);
            file.MoveTo(root, path);
        }

        Forget(old, record);
    }

    /// <summary>Replaces an object by one of the same content, unless it was replaced meanwhile.</summary>
    /// <returns>False when it was.</returns>
    internal async Task<bool> TryUpdateAsync(string bucket, ObjectRecord seen, ObjectRecord record, IncomingFile file, CancellationToken cancellationToken)
    {
        var root = FolderOf(bucket);
        file.Seal(record);
        var path = KeyPath.OfObject(record.Key);
        using (await Locks.TakeAsync(bucket, record.Key, cancellationToken))
        {
            if (ReadOrNull(Path.Combine(root, path)) is not { } current || !ObjectFile.Footer(current).AsSpan().SequenceEqual(ObjectFile.Footer(seen)))
                return false;
            file.MoveTo(root, path);
            return true;
        }
    }

    /// <summary>Deletes an object; there being none is no error.</summary>
    /// <exception cref="S3Exception">There is no such bucket, or the condition does not hold.</exception>
    internal async Task DeleteAsync(string bucket, string key, ObjectCondition condition, CancellationToken cancellationToken)
    {
        var root = FolderOf(bucket);
        var path = KeyPath.OfObject(key);
        ObjectRecord? old;
        using (await Locks.TakeAsync(bucket, key, cancellationToken))
        {
            old = ReadOrNull(Path.Combine(root, path));
            condition.CheckWrite(old, key);
            folder.Remove(root, path);
        }

        Forget(old, null);
    }

    /// <summary>The present time as it is kept: S3 tells times to the millisecond.</summary>
    internal DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public void Dispose() => Locks.Dispose();

    // Parts that nothing refers to any more.
    private void Forget(ObjectRecord? old, ObjectRecord? now)
    {
        if (old?.Parts is { } gone && gone.Folder != now?.Parts?.Folder)
            parts.Remove(gone.Folder);
    }

    // A damaged object can still be deleted and replaced: that is its cure.
    private static ObjectRecord? ReadOrNull(string path)
    {
        try
        {
            return ObjectFile.TryReadRecord(path);
        }
        catch (DamagedFileException)
        {
            return null;
        }
    }

    private static bool IsName(string name) =>
        name.Length is >= 3 and <= 63
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
        && !name.Contains("..", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
        && !Reserved.Contains(name);
}
