using System.Xml.Linq;

namespace Maskwright.ObjectStore;

/// <summary>The tags of an object, as S3 limits them.</summary>
internal static class ObjectTags
{
    private const int MaxTags = 10;
    private const int MaxNameLength = 128;
    private const int MaxValueLength = 256;

    /// <summary>Reads an <c>x-amz-tagging</c> header: <c>name=value&amp;…</c>, percent-encoded.</summary>
    /// <returns>Null when it names none.</returns>
    /// <exception cref="S3Exception">S3 does not allow such tags.</exception>
    internal static IReadOnlyDictionary<string, string>? OfHeader(string? header) =>
        string.IsNullOrEmpty(header) ? null : Check(PercentEncoding.ParseQuery(header));

    /// <summary>Reads a <c>Tagging</c> document.</summary>
    /// <returns>Null when it names none.</returns>
    /// <exception cref="S3Exception">It is malformed, or S3 does not allow such tags.</exception>
    internal static IReadOnlyDictionary<string, string>? OfDocument(XElement document) => Check(
        document.All("TagSet").SelectMany(set => set.All("Tag")).Select(tag => new KeyValuePair<string, string>(
            tag.Text("Key") ?? throw S3Exception.MalformedXml("A Tag has no Key."),
            tag.Text("Value") ?? throw S3Exception.MalformedXml("A Tag has no Value."))));

    /// <summary>Writes a <c>Tagging</c> document.</summary>
    internal static XElement ToDocument(IReadOnlyDictionary<string, string>? tags) => new(S3Xml.Namespace + "Tagging",
        new XElement(S3Xml.Namespace + "TagSet", (tags ?? new Dictionary<string, string>()).Select(tag => new XElement(S3Xml.Namespace + "Tag",
            new XElement(S3Xml.Namespace + "Key", tag.Key),
            new XElement(S3Xml.Namespace + "Value", tag.Value)))));

    private static Dictionary<string, string>? Check(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            if (name.Length is 0 or > MaxNameLength || value.Length > MaxValueLength)
                throw Invalid($"a name has 1 to {MaxNameLength} characters and a value at most {MaxValueLength}");
            if (!tags.TryAdd(name, value))
                throw Invalid($"'{name}' is there twice");
        }

        return tags.Count switch
        {
            0 => null,
            > MaxTags => throw Invalid($"an object has at most {MaxTags}"),
            _ => tags,
        };
    }

    private static S3Exception Invalid(string why) => new(StatusCodes.Status400BadRequest, "InvalidTag", $"The tags cannot be used: {why}.");
}
