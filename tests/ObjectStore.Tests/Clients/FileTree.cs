using System.Globalization;
using System.Security.Cryptography;

namespace Maskwright.ObjectStore.Tests.Clients;

/// <summary>Files for clients to carry, gone when the test ends.</summary>
internal sealed class FileTree : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("maskwright-files-");

    internal string Root => _folder.FullName;

    internal string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>Writes a file of bytes that look random.</summary>
    internal string Write(string name, int length)
    {
        var bytes = new byte[length];
        new DeterministicBytes((ulong)name.Length + (ulong)length).Fill(bytes);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    /// <summary>Writes a tree of small files, some of whose names are odd.</summary>
    internal void WriteTree(int files)
    {
        string[] odd = ["with space.txt", "a+b.txt", "100%.txt", "ünï/日本 🦀.txt", "quote'\"&;=#@!.txt", "UPPER/case.txt", "upper/CASE.txt", ".hidden"];
        foreach (var name in odd)
            Write(name, 100 + name.Length);
        for (var i = odd.Length; i < files; i++)
            Write(string.Create(CultureInfo.InvariantCulture, $"part-{i % 10}/file-{i:0000}.bin"), i);
    }

    /// <summary>Every file below a folder with its digest, by relative path.</summary>
    internal static IReadOnlyList<string> Digests(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(path => $"{Path.GetRelativePath(folder, path)} {Digest(path)}").Order(StringComparer.Ordinal),
    ];

    internal static string Digest(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
