namespace Maskwright.ObjectStore;

/// <summary>The buckets and objects of a folder.</summary>
/// <param name="folder">The folder.</param>
/// <param name="options">Its limits.</param>
/// <param name="time">The clock.</param>
internal sealed class BucketStore(DurableFolder folder, ObjectStoreOptions options, TimeProvider time) : IDisposable
{
    // Paths that answer about the store's health.
    private static readonly string[] Reserved = ["health", "alive"];
    private readonly KeyLocks _locks = new();

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
        Directory.CreateDirectory(path);
        folder.FlushFolder(folder.Buckets);
    }

    /// <summary>Deletes an empty bucket.</summary>
    /// <exception cref="S3Exception">It is not there or not empty.</exception>
    internal void Delete(string bucket)
    {
        try
        {
            Directory.Delete(FolderOf(bucket));
        }
        catch (DirectoryNotFoundException)
        {
            throw S3Exception.NoSuchBucket(bucket);
        }
        catch (IOException error) when (Directory.EnumerateFileSystemEntries(FolderOf(bucket)).Any())
        {
            throw new S3Exception(StatusCodes.Status409Conflict, "BucketNotEmpty", $"The bucket '{bucket}' holds objects: delete them first ({error.Message}).");
        }

        folder.FlushFolder(folder.Buckets);
    }

    /// <summary>Opens an object for reading.</summary>
    /// <exception cref="S3Exception">There is no such bucket or object.</exception>
    internal ObjectFile Open(string bucket, string key) =>
        ObjectFile.TryOpen(Path.Combine(FolderOf(bucket), KeyPath.OfObject(key))) ?? throw S3Exception.NoSuchKey(key);

    /// <summary>Begins an object's file.</summary>
    /// <exception cref="S3Exception">The object is to be larger than allowed.</exception>
    internal IncomingFile Receive(long? length)
    {
        if (length > options.MaxObjectBytes)
            throw S3Exception.EntityTooLarge(options.MaxObjectBytes);
        return new IncomingFile(folder);
    }

    /// <summary>Puts a whole file in its place if the condition holds, in one step.</summary>
    /// <returns>What is now kept about the object.</returns>
    internal async Task<ObjectRecord> CommitAsync(string bucket, string key, IncomingFile file, string etag, ObjectHeaders headers, ObjectCondition condition, CancellationToken cancellationToken)
    {
        var root = FolderOf(bucket);
        var record = new ObjectRecord { Key = key, Size = file.Size, ETag = etag, LastModified = Now(), Headers = headers };
        file.Seal(record);
        var path = KeyPath.OfObject(key);
        using (await _locks.TakeAsync(bucket, key, cancellationToken))
        {
            if (condition.Any)
            {
                using var current = ObjectFile.TryOpen(Path.Combine(root, path));
                condition.CheckWrite(current?.Record, key);
            }

            file.MoveTo(root, path);
        }

        return record;
    }

    /// <summary>Deletes an object; there being none is no error.</summary>
    /// <exception cref="S3Exception">There is no such bucket, or the condition does not hold.</exception>
    internal async Task DeleteAsync(string bucket, string key, ObjectCondition condition, CancellationToken cancellationToken)
    {
        var root = FolderOf(bucket);
        var path = KeyPath.OfObject(key);
        using (await _locks.TakeAsync(bucket, key, cancellationToken))
        {
            if (condition.Any)
            {
                using var current = ObjectFile.TryOpen(Path.Combine(root, path));
                condition.CheckWrite(current?.Record, key);
            }

            folder.Remove(root, path);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _locks.Dispose();

    // S3 tells times to the millisecond.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static bool IsName(string name) =>
        name.Length is >= 3 and <= 63
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
        && !name.Contains("..", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
        && !Reserved.Contains(name);
}
