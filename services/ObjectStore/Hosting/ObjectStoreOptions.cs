namespace Maskwright.ObjectStore;

/// <summary>The store's settings, section <c>ObjectStore</c>.</summary>
public sealed record ObjectStoreOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "ObjectStore";

    private const int MinSecretLength = 8;

    /// <summary>The access key clients sign with; made once and kept in the data folder when absent.</summary>
    public string? AccessKey { get; init; }

    /// <summary>The secret key clients sign with, 8 characters or more; made once and kept in the data folder when absent.</summary>
    public string? SecretKey { get; init; }

    /// <summary>The folder that holds everything.</summary>
    public string DataDirectory { get; init; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "maskwright", "storage");

    /// <summary>True to bring every write to the disk before it is answered; false to leave that to the operating system.</summary>
    public bool Fsync { get; init; } = true;

    /// <summary>The largest object in bytes; 5 TiB, as in S3, unless set.</summary>
    public long MaxObjectBytes { get; init; } = 5L * 1024 * 1024 * 1024 * 1024;

    /// <summary>An upload in parts to which nothing was added for this long is removed; 7 days unless set.</summary>
    public TimeSpan StaleUploadAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Reads the settings.</summary>
    /// <exception cref="InvalidOperationException">A setting cannot be used; the message names it.</exception>
    public static ObjectStoreOptions Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.GetSection(Section).Get<ObjectStoreOptions>() ?? new ObjectStoreOptions();
        if (options.SecretKey is { Length: > 0 and < MinSecretLength })
            throw new InvalidOperationException($"{Section}:SecretKey is too short: use at least {MinSecretLength} characters.");
        if (string.IsNullOrEmpty(options.AccessKey) != string.IsNullOrEmpty(options.SecretKey))
            throw new InvalidOperationException($"Set both {Section}:AccessKey and {Section}:SecretKey, or neither.");
        if (options.MaxObjectBytes <= 0)
            throw new InvalidOperationException($"{Section}:MaxObjectBytes must be more than 0.");
        if (options.StaleUploadAge <= TimeSpan.Zero)
            throw new InvalidOperationException($"{Section}:StaleUploadAge must be more than 0, such as 7.00:00:00 for seven days.");
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
            throw new InvalidOperationException($"{Section}:DataDirectory must name a folder.");
        return options;
    }
}
