using System.Security.Cryptography;
using System.Text.Json;

namespace Maskwright.ObjectStore;

/// <summary>The keys of a store that was given none: made at its first start, kept in a file only its user may read.</summary>
internal static class CredentialFile
{
    private const string Name = "credentials.json";

    /// <summary>The keys of the settings, or else of the data folder.</summary>
    /// <exception cref="InvalidDataException">The file is there but cannot be understood.</exception>
    internal static StoreCredentials Resolve(ObjectStoreOptions options, DurableFolder folder)
    {
        if (options is { AccessKey.Length: > 0, SecretKey.Length: > 0 })
            return new StoreCredentials(options.AccessKey, options.SecretKey);
        var path = Path.Combine(folder.Root, Name);
        return File.Exists(path) ? Read(path) : Make(path, folder);
    }

    private static StoreCredentials Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StoreJson.Default.StoreCredentials) is { AccessKey.Length: > 0, SecretKey.Length: > 0 } kept
                ? kept
                : throw new InvalidDataException($"{path} holds no keys. Delete it to have new ones made.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is not the JSON this store wrote. Delete it to have new keys made.", error);
        }
    }

    private static StoreCredentials Make(string path, DurableFolder folder)
    {
        var credentials = new StoreCredentials(
            $"MW{Convert.ToHexString(RandomNumberGenerator.GetBytes(9))}",
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)).Replace('+', 'x').Replace('/', 'y'));
        var temporary = folder.NewTemporaryPath();
        var form = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            form.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, form))
        {
            JsonSerializer.Serialize(file, credentials, StoreJson.Default.StoreCredentials);
            file.Flush(flushToDisk: true);
        }

        folder.Place(temporary, folder.Root, Name);
        return credentials;
    }
}
