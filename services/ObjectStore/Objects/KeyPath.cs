using System.Text;

namespace Maskwright.ObjectStore;

/// <summary>
/// Where an object of a key lies below its bucket's folder. Keys are never paths: the mapping is one to one, stays inside the
/// folder, and tells keys apart on file systems that fold case or Unicode forms.
/// </summary>
/// <remarks>
/// Each segment becomes a folder, the last one a file whose name ends in <c>@</c>, so that <c>a</c> and <c>a/b</c> can both
/// exist. Bytes other than <c>a-z 0-9 - _ .</c> are percent-encoded, and so is a dot at either end; an empty segment is <c>%</c>.
/// A segment of 64 bytes or more is cut into pieces of 64, each but the last a folder whose name ends in <c>+</c>, which keeps
/// names within every file system's limit and walking in the order of the keys.
/// </remarks>
internal static class KeyPath
{
    internal const char ObjectMark = '@';
    internal const char PieceMark = '+';
    private const char EmptySegment = '%';
    private const int PieceBytes = 64;
    private const string Hex = "0123456789ABCDEF";

    /// <summary>The relative path of the object's file.</summary>
    internal static string OfObject(string key)
    {
        var path = new StringBuilder(key.Length + 16);
        var segments = key.Split('/');
        for (var i = 0; i < segments.Length - 1; i++)
            AppendFolder(path, segments[i]);
        Append(path, segments[^1]);
        return path.Append(ObjectMark).ToString();
    }

    /// <summary>The relative path of the folder below which all keys lie that begin with <paramref name="prefix"/>, which is empty or ends in a slash.</summary>
    internal static string OfFolder(string prefix)
    {
        var path = new StringBuilder(prefix.Length + 16);
        foreach (var segment in prefix.Split('/').SkipLast(1))
            AppendFolder(path, segment);
        return path.ToString();
    }

    /// <summary>The bytes of the key that a file or folder name stands for, a folder's slash included.</summary>
    internal static byte[] Decode(ReadOnlySpan<char> name, bool isFolder)
    {
        var isPiece = isFolder && name[^1] == PieceMark;
        var text = isFolder && !isPiece ? name : name[..^1];
        var bytes = new List<byte>(text.Length + 1);
        if (text is not [EmptySegment])
        {
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '%')
                {
                    bytes.Add(Convert.FromHexString(text.Slice(i + 1, 2))[0]);
                    i += 2;
                }
                else
                {
                    bytes.Add((byte)text[i]);
                }
            }
        }

        if (isFolder && !isPiece)
            bytes.Add((byte)'/');
        return [.. bytes];
    }

    /// <summary>The file or folder name of an entry, the inverse of <see cref="Decode"/>.</summary>
    internal static string NameOf(FolderEntry entry)
    {
        var name = new StringBuilder(entry.Bytes.Length + 1);
        ReadOnlySpan<byte> bytes = entry.Bytes;
        var isPiece = entry.IsFolder && bytes[^1] != '/';
        if (entry.IsFolder && !isPiece)
            bytes = bytes[..^1];
        if (bytes.IsEmpty)
            name.Append(EmptySegment);
        else
            Encode(name, bytes);
        return (isPiece ? name.Append(PieceMark) : entry.IsFolder ? name : name.Append(ObjectMark)).ToString();
    }

    private static void AppendFolder(StringBuilder path, string segment)
    {
        Append(path, segment);
        path.Append(Path.DirectorySeparatorChar);
    }

    private static void Append(StringBuilder path, string segment)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(segment);
        while (bytes.Length >= PieceBytes)
        {
            Encode(path, bytes[..PieceBytes]);
            path.Append(PieceMark).Append(Path.DirectorySeparatorChar);
            bytes = bytes[PieceBytes..];
        }

        if (bytes.IsEmpty)
            path.Append(EmptySegment);
        else
            Encode(path, bytes);
    }

    private static void Encode(StringBuilder path, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            var inner = i > 0 && i < bytes.Length - 1;
            if (b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_' || (b == '.' && inner))
                path.Append((char)b);
            else
                path.Append('%').Append(Hex[b >> 4]).Append(Hex[b & 15]);
        }
    }
}
